"""The life of a transfer, as a pure function of what happened.

`open_transfer` and `fold` take a state and an event and give back the new state with everything
that follows from it as values. Nothing here reads a clock, a file or a network.
"""
