"""What operators do and ask: the same use cases for the API, the command line and the console."""
