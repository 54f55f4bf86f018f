"""The store: PostgreSQL is the truth. SQL is in files, migrations are numbered."""
