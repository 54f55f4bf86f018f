"""Writes docs/chains from a run of every example through a gateway with servers of its own.

    python -m gateway.sandbox.chains [--check] [folder]

`--check` compares instead of writing, and exits with 1 if a file differs.
"""

import asyncio
import sys
from pathlib import Path

import uvloop

from gateway.observability.logs import configure_logs
from gateway.rulebook import load_rulebook
from gateway.sandbox.chains.pages import files
from gateway.sandbox.chains.playing import play_all
from gateway.sandbox.chains.stories import EXAMPLES
from gateway.sandbox.demo import demo_settings
from gateway.servers import Instance
from gateway.settings import Settings
from gateway.store.migrate import upgrade


def main(arguments: list[str]) -> int:
    """Play, then write or compare every file."""
    folder = Path(next((one for one in arguments if one != "--check"), "docs/chains"))
    written = _written()
    stale = [name for name, text in written.items() if _differs(folder / name, text)]
    if "--check" in arguments:
        for name in stale:
            print(f"{folder / name} differs from what a run makes", file=sys.stderr)
        return 1 if stale else 0
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (folder / name).write_text(written[name], "utf-8")
    print(f"{len(written)} files, {len(stale)} of them changed")
    return 0


def _written() -> dict[str, str]:
    configure_logs("CRITICAL")
    settings = Settings()
    with Instance.temporary() as servers:
        settings = demo_settings(settings).model_copy(
            update={
                "database_url": servers.postgres.url,
                "amqp_url": servers.rabbitmq.url,
                "amqp_admin_url": servers.rabbitmq.admin_url,
            }
        )
        upgrade(servers.postgres.url)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            played = runner.run(play_all(settings, EXAMPLES))
    return files(played, load_rulebook(settings.directory, settings.calendar))


def _differs(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text("utf-8") != text


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
