"""Pictures of what is stored, as text: pure functions from values to SVG, for docs and screens."""
