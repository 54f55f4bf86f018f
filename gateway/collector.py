"""Calm Python's garbage collector: tables that live as long as the process are not walked again.

The rulebook holds some hundred thousand objects that never become garbage, and remembered
transfers are old by design. A full collection walks them all: a third of a busy process's time.
"""

import gc


def calm_collector() -> None:
    """Freeze what was loaded so far, and collect the young rarely; call it once, after loading."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def keep_calm() -> None:
    """Freeze what was loaded since, where the collector was calmed before.

    Without a collection, which would hold the process up: some young garbage stays for good, once
    per loading.
    """
    if gc.get_freeze_count():
        gc.freeze()
