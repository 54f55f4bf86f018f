"""Writes tables from their sources: the packaged ones, and the directory of the whole country.

Nothing that decides imports it; `lienthong directory generate` runs it.
"""
