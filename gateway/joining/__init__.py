"""Who takes part and on which terms: members, their credentials, endpoints, tests, switches.

One function per act, the same for the command line and the API: each checks, changes and writes
the audit trail in one transaction. The directory says who exists; members say who is connected.
"""
