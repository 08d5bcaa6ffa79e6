from __future__ import annotations

from aitia.projection.columns import Column, Outline, metadata, schema_of

COLUMN = Column("loss.last", (0.5, None, 0.25, None), "continuous", term="aitia:lastValue",
                module="model", tier=2, derived_from=("loss.best", "loss.first"))  # fmt: skip


def test_gaps_are_a_share_of_the_units() -> None:
    assert COLUMN.missing == 0.5
    assert Column("x", (), "constant").missing == 0.0


def test_an_outline_says_what_its_column_says() -> None:
    outline = Outline("loss.last", "continuous", "aitia:lastValue", "model", None, 2,
                      ("loss.best", "loss.first"), 0.5, "double", "float64")  # fmt: skip
    assert outline.schema() == COLUMN.schema() == schema_of(COLUMN)
    assert COLUMN.derived
    assert outline.datatype == COLUMN.datatype


def test_metadata_leave_out_what_is_not_known() -> None:
    found = metadata(COLUMN.schema())
    assert found["aitia:derivedFrom"] == "loss.best loss.first"
    assert "aitia:unit" not in found
    assert found["aitia:tier"] == "2"
