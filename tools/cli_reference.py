"""Write ``docs/reference/cli.md`` from the commands themselves, or check it.

Usage: python tools/cli_reference.py [--check]
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from aitia.cli.main import VERBS, command

TARGET = Path(__file__).resolve().parent.parent / "docs/reference/cli.md"
WIDTH = 90
HEAD = """# Command line

Written by `tools/cli_reference.py` from the commands; do not edit.

`aitia VERB --help` shows the same. RUN is a run's id, its first characters, its name, or `last`.
Listings are tables on a terminal and tab-separated lines in a pipe; `--json` gives JSON. `NO_COLOR`
turns colours off. An error says what was got, what was expected, and what to do next, and ends with
exit code 1; a wrong option ends with 2. `AITIA_DEBUG=1` shows tracebacks.
"""


def help_of(name: str) -> str:
    """Return what ``aitia NAME --help`` prints."""
    found = command.get_command(click.Context(command), name)
    assert found is not None
    parent = click.Context(command, info_name="aitia")
    context = click.Context(found, info_name=name, parent=parent, terminal_width=WIDTH)
    # The questions of the library are data of their own; each has its own --help.
    return found.get_help(context).partition("\n\nAbout ")[0].rstrip()


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for heading in dict.fromkeys(verb.heading for verb in VERBS.values()):
        parts.append(f"## {heading}\n")
        for name, verb in VERBS.items():
            if verb.heading == heading:
                parts.append(f"### aitia {name}\n\n```text\n{help_of(name)}\n```\n")
    return "\n".join(parts)


def main() -> int:
    """Write the page, or say whether it is as it should be."""
    os.environ["COLUMNS"] = str(WIDTH)
    made = page()
    if "--check" not in sys.argv:
        TARGET.write_text(made, encoding="utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == made:
        return 0
    sys.stderr.write(f"{TARGET} is stale; run: python tools/cli_reference.py\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
