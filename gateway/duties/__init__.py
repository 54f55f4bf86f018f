"""Background duties: each a small module named by an agent noun, all run by one loop."""
