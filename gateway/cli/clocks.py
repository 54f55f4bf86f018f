"""``lienthong clocks``: does legal time run as it should?"""

import typer

from gateway.cli.clocks_selftest import selftest

app = typer.Typer(help="Does legal time run as it should?", no_args_is_help=True)
app.command()(selftest)


@app.callback()
def _clocks() -> None:
    """Keep the name of a group that has a single command."""
