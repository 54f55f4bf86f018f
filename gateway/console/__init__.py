"""The console: the screens of whoever is on duty. Screens parse, call a use case, and render."""
