"""Reports: figures about dossiers and agencies, from books that the ledger fills."""
