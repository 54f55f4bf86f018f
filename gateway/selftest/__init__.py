"""The self-test of legal time: synthetic dossiers, what must happen to them, and whether it did."""
