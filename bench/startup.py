"""What starting costs: modules loaded by ``import aitia``, CPU time of imports and of ``--help``.

CPU time of fresh processes, medians; bare Python is measured in turn with the others.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile

from bench.table import Figure, show

REPEATS = 9
COUNT = "import sys; b = set(sys.modules); import aitia; print(len(set(sys.modules) - b))"
OPEN = "import aitia\nwith aitia.run('r'): pass"


def cpu(command: list[str], environ: dict[str, str]) -> float:
    """Return the CPU time of one process in milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main() -> None:
    python = [sys.executable, "-c"]
    commands = {
        "bare": [*python, "pass"],
        "import": [*python, "import aitia"],
        "help": [sys.executable, "-m", "aitia.cli", "--help"],
        "run": [*python, OPEN],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "AITIA_DIR": folder}
        for _ in range(REPEATS):
            for name, command in commands.items():
                times[name].append(cpu(command, environ))
    found = {name: statistics.median(values) for name, values in times.items()}
    modules = int(subprocess.check_output([*python, COUNT]))
    show(
        [
            Figure("modules loaded by import aitia", modules, "modules", 45),
            Figure("bare Python", found["bare"], "ms"),
            Figure("import aitia, beyond bare Python", found["import"] - found["bare"], "ms"),
            Figure("aitia --help", found["help"], "ms"),
            Figure("aitia --help over bare Python", found["help"] / found["bare"], "times", 8),
            Figure("a described run, beyond bare Python", found["run"] - found["bare"], "ms"),
        ]
    )


if __name__ == "__main__":
    main()
