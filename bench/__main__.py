"""Run benchmarks: ``python -m bench`` for all, ``python -m bench capture`` for one of them.

What follows the first word that begins with ``--`` is for that one: ``python -m bench questions
--quads 1000000``.

Each module of this folder with a ``main`` is a benchmark. They are no part of the tests: a number
means something only on a quiet machine, beside the floor that was measured in the same run.
"""

from __future__ import annotations

import os
import pkgutil
import platform
import sys
from importlib import import_module

HERE = os.path.dirname(os.path.abspath(__file__))


PARTS = ("__main__", "table", "generator", "copies", "networks")
"""Modules that benchmarks are made of."""

LONG = ("questions", "causal", "features")
"""Benchmarks that take many minutes, and run only when named."""


def benchmarks() -> list[str]:
    """Return the names of the benchmarks, sorted."""
    names = (module.name for module in pkgutil.iter_modules([HERE]))
    return sorted(name for name in names if name not in PARTS)


def main(words: list[str]) -> int:
    known = benchmarks()
    options = next((i for i, word in enumerate(words) if word.startswith("--")), len(words))
    sys.argv[1:], words = words[options:], words[:options]
    unknown = [word for word in words if word not in known]
    if unknown:
        print(f"no benchmark {unknown[0]!r}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load}")
    for name in words or [name for name in known if name not in LONG]:
        module = import_module(f"bench.{name}")
        print(f"\n{name}: {(module.__doc__ or '').splitlines()[0]}")
        module.main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
