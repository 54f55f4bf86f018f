"""The broker: the road that messages travel; the database is the truth."""
