from __future__ import annotations

import pytest

from aitia.capture.application.sql import named

READ, WRITTEN, BOTH = (True, False), (False, True), (True, True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * FROM 'a.csv'", [("a.csv", *READ)]),
        ("select * from \"a.csv\" x join 'b.parquet' y", [("a.csv", *READ), ("b.parquet", *READ)]),
        ("SELECT * FROM 'a.csv', 'b.csv'", [("a.csv", *READ), ("b.csv", *READ)]),
        ("SELECT * FROM read_parquet(['a', 'b'])", [("a", *READ), ("b", *READ)]),
        ("SELECT * FROM parquet_scan ( 'x/*.parquet' )", [("x/*.parquet", *READ)]),
        ("COPY t FROM 'a.csv' (DELIM ',')", [("a.csv", *READ)]),
        ("COPY (SELECT 'x' AS c) TO 'it''s.csv'", [("it's.csv", *WRITTEN)]),
        ("EXPORT DATABASE 'out'", [("out", *WRITTEN)]),
        ("ATTACH 'a.db' AS x (READ_ONLY)", [("a.db", *READ)]),
        ("ATTACH IF NOT EXISTS 'a.db'; SELECT READ_ONLY", [("a.db", *BOTH)]),
        ("SELECT 'a.csv' WHERE c = 'b.csv' AND c IN ('c.csv', 'd.csv')", []),
        ("-- FROM 'a.csv'\nSELECT 1 /* FROM 'b.csv' */", []),
        ("SELECT * FROM /* this */ 'a.csv'", [("a.csv", *READ)]),
        ("SELECT 1 - 2 / 3", []),
        ("SELECT 'no end", []),
    ],
)
def test_what_a_query_names(query: str, expected: list[tuple[str, bool, bool]]) -> None:
    assert list(named(query)) == expected
