"""Writes the packaged tables from their sources; never imported at run time."""
