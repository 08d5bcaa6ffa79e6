from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from aitia.projection.description import croissant, csvw, write
from aitia.projection.table import FeatureTable


def table() -> FeatureTable:
    return FeatureTable.of({"rate": [0.1, 0.2, None], "kind": ["a", "b", "b"]}, tiers={"rate": 0})


def test_both_descriptions_stand_beside_the_file_and_name_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "runs.csv"
    table().to_csv(file)
    names = write(table(), file)
    assert [Path(name).name for name in names] == [
        "runs.csv-metadata.json",
        "runs.csv.croissant.json",
    ]
    assert all(json.loads(Path(name).read_text("utf-8")) for name in names)
    assert sha256(file.read_bytes()).hexdigest() in Path(names[1]).read_text("utf-8")


def test_every_column_is_described_with_its_type() -> None:
    columns = csvw(table(), "runs.csv")["tableSchema"]["columns"]
    found = {column["titles"]: column["datatype"] for column in columns}
    assert found == {"unit": "anyURI", "rate": "double", "kind": "string"}
    (records,) = croissant(table(), "runs.csv", "0" * 64)["recordSet"]
    assert [field["name"] for field in records["field"]] == ["unit", "rate", "kind"]
