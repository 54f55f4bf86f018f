"""A town to try the gateway in: simulated agencies of a real province, and a week of their work.

Everything here speaks the public surface only, over real connections; nothing of it runs in
production.
"""
