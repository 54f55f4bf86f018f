"""Calm Python's garbage collector: tables that live as long as the process are not walked again.

The rulebook holds some hundred thousand objects that never become garbage, and remembered
transfers are old by design. A full collection walks them all: a third of a busy process's time.
"""

import gc


def calm_collector() -> None:
    """Freeze what was loaded so far, and collect in small portions; call it once, after loading.

    A collection of the young holds everything up for about 1.3 µs per object that lives on, and
    most do: they belong to transfers that are remembered. 10,000 are some 13 ms. The middle
    generation, where those gather, is walked once in 5 million objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 500, 100)


def keep_calm() -> None:
    """Freeze what was loaded since, where the collector was calmed before.

    Without a collection, which would hold the process up: some young garbage stays for good, once
    per loading.
    """
    if gc.get_freeze_count():
        gc.freeze()
