"""Letters of apology: drafted any number of times, issued once by a person, never sent by us."""
