"""Intake: one path for messages from the broker and over HTTP."""
