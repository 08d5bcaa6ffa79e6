from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.mark.parametrize("system", ["flowcept", "record-trails"])
def test_what_another_system_recorded_is_brought_in(nowhere, system):
    folder = DATA / system.replace("-", "_")
    path = next(p for p in sorted(folder.iterdir()) if p.suffix in (".jsonl", ".txt"))
    shown = nowhere("import", system, str(path)).stdout
    assert shown.startswith("read ")
    before = nowhere("export", "nquads", "-").stdout
    assert nowhere.json("ls")
    nowhere("import", str(path))
    assert nowhere("export", "nquads", "-").stdout == before


def test_what_is_of_no_known_format(nowhere):
    Path("x.bin").write_bytes(b"\x00\x01")
    told = nowhere.refused("import", "x.bin")
    assert "x.bin is of no format that is known here" in told
    assert "flowcept" in told


def test_no_file(nowhere):
    assert "no file 'x.jsonl'" in nowhere.refused("import", "x.jsonl")
    told = nowhere.refused("import", "flowcetp", "x.jsonl")
    assert "no file 'flowcetp', and no system of that name" in told
    assert "next: aitia import flowcept PATH" in nowhere.refused("import", "flowcept")
