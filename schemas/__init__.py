"""Names what crosses a border: identifiers, envelopes, messages, receipts, problems.

Only pydantic and the standard library are imported here, so that an agency's own software can
take this package alone.
"""
