"""Dialects: what a partner's own JSON over HTTP is, as data instead of code.

    model        what a mapping file may say
    paths        field paths, and whether the messages have them
    dates        the date formats that partners write, in their zone
    statuses     tables of a partner's statuses, both ways and lossless
    reading      a mapping file -> a dialect, or all its faults with their places
    packaged     the files that come with us, and those an administrator names
    checking     what a mapping does, said before its partner sees anything
    applying     rules -> a document, either way; what does not fit is refused, with its place
    codes        what the answers' codes come to
    secrets      an endpoint's secrets by name; what a partner shows us is kept as a digest
    credentials  ways of proving who we are, cached and renewed once
    calling      one bounded HTTP exchange with a fixed host
    conversation one parcel's calls with one partner, and the question before or after them
    caller       the outward direction of any dialect
    speaker      the inward direction of any dialect

A mapping is declarative: paths, constants, tables, dates, conditions. Nothing in it is executed,
nothing is shortened to fit, and no value is read that no table knows.
"""
