import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]


def test_the_reference_is_fresh():
    tool = str(ROOT / "tools" / "prov_constraints.py")
    done = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
