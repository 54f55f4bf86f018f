"""The console: the screens of a gateway, made on the server; it decides nothing by itself.

A screen parses what was asked, calls a use case of gateway/operations, and renders. It is mounted
beside the API (gateway/api/app.py) as an application of its own, so that what goes wrong here is
told on a page and there in a problem document.
"""
