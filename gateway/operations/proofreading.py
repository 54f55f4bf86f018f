"""The proofreader's program: lint of the packaged procedures against the tables that come on stdin.

    python -m gateway.operations.proofreading < tables > findings.json

Only its own parent starts it; it yields the processor to whatever else wants it.
"""

import os
import pickle
import sys
from dataclasses import asdict

import orjson

from routing.directory import Directory
from routing.lint import lint
from routing.procedures import load_catalogue
from routing.units import load_units


def main() -> None:
    os.nice(15)
    version, agencies, calendar = pickle.load(sys.stdin.buffer)  # noqa: S301 from our own parent
    units = load_units()
    directory = Directory(version=version, agencies=agencies, units=units)
    findings = lint(load_catalogue(), directory, units, calendar)
    sys.stdout.buffer.write(orjson.dumps([asdict(one) for one in findings]))


if __name__ == "__main__":
    main()
