"""The conformance kit: plays the other side of a border, case by case, and signs what came of it.

Against an agency's software it plays the gateway: a whole one, judging by the very desk that the
real one judges by, but kept in memory and willing to misbehave. Against a gateway it plays the
agencies. Each case begins with a dossier of its own, so that one fault fails one case.
"""
