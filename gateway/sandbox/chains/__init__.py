"""Worked examples: a dossier per chain, played through a real gateway and drawn for docs."""
