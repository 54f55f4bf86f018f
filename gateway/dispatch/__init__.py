"""Dispatch: what is owed to agencies, sent by their connectors, with an outcome for every try."""
