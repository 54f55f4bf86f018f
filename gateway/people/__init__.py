"""Who people are: accounts, roles and scopes, sessions. No HTML, no HTTP."""
