import subprocess
import sys
from pathlib import Path

from aitia.cli.main import VERBS

ROOT = Path(__file__).resolve().parents[3]


def test_the_reference_is_what_the_commands_say():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "cli_reference.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_verb_has_its_section():
    text = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    assert [f"### aitia {name}\n" in text for name in VERBS] == [True] * len(VERBS)
