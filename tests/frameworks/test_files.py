"""Exactly the files that each library reads and writes are recorded, once, with their digests.

What an activity makes and reads again is made by it, and not used.
"""

from hashlib import sha256

import pytest

from aitia.vocabulary.iris import content_iri

pytestmark = pytest.mark.frameworks

FILES = """
    ?file aitia:locator ?where . FILTER(STRSTARTS(STR(?where), "file:"))
    OPTIONAL { ?file aitia:observedBy ?how }
"""


def files(recorded, relation: str) -> dict[str, str]:
    """Return the files used or made, each there once, with the mechanism that saw it."""
    link = "?file prov:wasGeneratedBy ?task" if relation == "made" else "?task prov:used ?file"
    rows = recorded.rows(f"{link} . {FILES}", "DISTINCT ?file ?where ?how")
    found = {str(where).removeprefix("file:"): str(how) for _, where, how in rows}
    assert len(found) == len(rows), rows
    return {name: how for name, how in found.items() if not name.endswith("script.py")}


def told(recorded, folder, mechanism: str = "wrapper") -> tuple[set[str], set[str]]:
    """Return the names of the files used and made, each seen so and known by its digest."""
    names = []
    for relation in ("used", "made"):
        found = files(recorded, relation)
        assert set(found.values()) <= {mechanism, "audit-hook"}
        for name in found:
            content = content_iri(sha256((folder / name).read_bytes()).hexdigest())
            where = f'<{content}> aitia:locator ?w . FILTER(STR(?w) = "file:{name}")'
            assert recorded.rows(where), name
        names.append(set(found))
    return names[0], names[1]


def test_duckdb(observe, tmp_path):
    pytest.importorskip("duckdb")
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "unused.csv").write_text("x\n1\n")
    recorded = observe(
        """
        import duckdb
        duckdb.sql("COPY (SELECT * FROM 'a.csv' WHERE 'unused.csv' <> '') TO 'b.parquet'")
        c = duckdb.connect("base.db")
        c.execute("CREATE TABLE t AS SELECT * FROM read_parquet(?)", ["b.parquet"])
        c.close()
        duckdb.read_csv("a.csv").project("x").write_csv("c.csv")
        """
    )
    made = {"b.parquet", "base.db", "c.csv"}
    assert told(recorded, tmp_path) == ({"a.csv"}, made)


def test_a_database_that_is_only_read_is_not_made(observe, tmp_path):
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(str(tmp_path / "base.db")) as base:
        base.execute("CREATE TABLE t AS SELECT 1 AS x")
    recorded = observe(
        """
        import duckdb
        with duckdb.connect("base.db") as base:
            base.sql("SELECT * FROM t").fetchall()
        """
    )
    assert told(recorded, tmp_path) == ({"base.db"}, set())


def test_h5py(observe, tmp_path):
    pytest.importorskip("h5py")
    recorded = observe(
        """
        import h5py
        with h5py.File("a.h5", "w") as f:
            f["x"] = [1, 2]
        with h5py.File("a.h5") as f, h5py.File("b.h5", mode="a") as g:
            g["y"] = f["x"][:]
        """
    )
    assert told(recorded, tmp_path) == (set(), {"a.h5", "b.h5"})


def test_safetensors(observe, tmp_path):
    pytest.importorskip("safetensors")
    recorded = observe(
        """
        import numpy as np
        from safetensors import safe_open
        from safetensors.numpy import load_file, save_file
        save_file({"w": np.ones(2)}, "a.safetensors")
        load_file("a.safetensors")
        with safe_open("a.safetensors", framework="np") as f:
            save_file({"w": f.get_tensor("w") + 1}, filename="b.safetensors")
        """
    )
    assert told(recorded, tmp_path) == (set(), {"a.safetensors", "b.safetensors"})


def test_polars(observe, tmp_path):
    polars = pytest.importorskip("polars")
    polars.DataFrame({"x": [1]}).write_csv(tmp_path / "a.csv")
    recorded = observe(
        """
        import polars as pl
        pl.scan_csv("a.csv").sink_parquet("b.parquet")
        pl.read_parquet("b.parquet").write_ipc("c.arrow")
        pl.scan_ipc("c.arrow").collect().write_ndjson("d.ndjson")
        """
    )
    assert told(recorded, tmp_path) == ({"a.csv"}, {"b.parquet", "c.arrow", "d.ndjson"})


def test_pyarrow_and_pandas(observe, tmp_path):
    pytest.importorskip("pyarrow")
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    recorded = observe(
        """
        import pandas as pd, pyarrow as pa, pyarrow.csv, pyarrow.feather, pyarrow.parquet as pq
        table = pyarrow.csv.read_csv("a.csv")
        pq.write_table(table, "b.parquet")
        pd.read_parquet("b.parquet").to_feather("c.feather")
        pyarrow.feather.write_feather(pyarrow.feather.read_table("c.feather"), "d.feather")
        pq.ParquetFile("b.parquet").read()
        with pa.memory_map("d.feather") as source:
            pa.ipc.open_file(source).read_all()
        """
    )
    assert told(recorded, tmp_path) == ({"a.csv"}, {"b.parquet", "c.feather", "d.feather"})


def test_memory_maps_of_numpy(observe, tmp_path):
    numpy = pytest.importorskip("numpy")
    numpy.save(tmp_path / "a.npy", numpy.ones(4))
    recorded = observe(
        """
        import numpy as np
        a = np.load("a.npy", mmap_mode="r")
        b = np.memmap("b.dat", dtype="f8", mode="w+", shape=4)
        b[:] = a
        b.flush()
        """
    )
    assert told(recorded, tmp_path) == ({"a.npy"}, {"b.dat"})
