"""The HTTP surface: parses, asks a use case, answers. Every error is a problem document."""
