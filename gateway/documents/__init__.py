"""Documents by content: received in pieces, sealed on disk, served to whom they concern."""
