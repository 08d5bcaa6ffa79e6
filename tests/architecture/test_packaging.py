"""A wheel carries the ontology, shapes and queries, and finds them; a fresh name is not needed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_wheel_finds_its_data(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "-q"]
    subprocess.run(
        [*build, "--no-deps", "--no-build-isolation", "-w", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
        cwd=tmp_path,
    )
    (wheel,) = tmp_path.glob("aitia-*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from aitia import resources\n"
        "print(resources.path('ontology', 'core.ttl'))\n"
        "print(len(resources.files('shapes', '.ttl')), len(resources.files('queries', '.rq')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(site)],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    where, counts = done.stdout.splitlines()
    assert where == str(site / "aitia" / "_data" / "ontology" / "core.ttl")
    checkout = [
        len(list((ROOT / name).rglob(s))) for name, s in (("shapes", "*.ttl"), ("queries", "*.rq"))
    ]
    assert [int(count) for count in counts.split()] == checkout
