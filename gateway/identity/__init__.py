"""Who may call: OAuth 2 clients, their tokens, and the broker's users."""
