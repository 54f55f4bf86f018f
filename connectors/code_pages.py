"""Write every connector's table of codes into a document: `python -m connectors.code_pages FILE`.

Between `<!-- codes -->` and `<!-- end of codes -->` stands what the tables say; a test holds the
two together.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from connectors.amqp_queue import AMQP_CODES
from connectors.catalogue import open_callers
from connectors.codes import CodeTable

BEGIN: Final = "<!-- codes -->"
END: Final = "<!-- end of codes -->"


def all_tables() -> list[CodeTable]:
    """Return the table of each connector that has codes of its own."""
    return [AMQP_CODES, *(caller.codes for caller in open_callers().values())]


def redrawn(text: str, tables: Iterable[CodeTable]) -> str:
    """Return the document with the tables as they are now."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    pages = "\n\n".join(_page(table) for table in tables)
    return f"{head}{BEGIN}\n{pages}\n{END}{tail}"


def _page(table: CodeTable) -> str:
    lines = [
        f"### `{table.connector}`",
        "",
        "| code | means | because | source |",
        "|---|---|---|---|",
    ]
    lines += [f"| `{one.code}` | {one.means} | {one.says} | {one.source} |" for one in table]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    [path] = map(Path, arguments)
    path.write_text(redrawn(path.read_text("utf-8"), all_tables()), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
