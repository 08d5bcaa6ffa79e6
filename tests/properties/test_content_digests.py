"""Equal content has an equal digest; content that differs in one place does not."""

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from aitia.capture.application.tables import arrow_columns, describe_table, polars_columns
from aitia.capture.digests import content_digest

kinds = st.sampled_from(["f8", "f4", "i8", "u2", "?", "c16", "M8[us]", "S3", "U3"])
arrays = kinds.flatmap(lambda kind: hnp.arrays(kind, hnp.array_shapes(max_dims=3, max_side=6)))

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)

columns = st.dictionaries(
    st.text(min_size=1, max_size=4).filter(lambda name: "\x00" not in name),
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=5, max_size=5)
    | st.lists(st.none() | st.text(max_size=5), min_size=5, max_size=5),
    min_size=1,
    max_size=4,
)


@given(arrays)
@settings(max_examples=100, deadline=None)
def test_copies_in_any_layout_have_the_same_digest(array: np.ndarray) -> None:
    expected = content_digest(array)
    assert expected is not None
    assert content_digest(np.asfortranarray(array)) == expected
    doubled = np.repeat(array, 2, axis=-1)[..., ::2]
    assert content_digest(doubled) == expected


@given(arrays, st.data())
@settings(max_examples=100, deadline=None)
def test_changing_one_byte_changes_the_digest(array: np.ndarray, data: st.DataObject) -> None:
    raw = bytearray(array.tobytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= 1
    changed = np.frombuffer(bytes(raw), array.dtype).reshape(array.shape)
    assert content_digest(changed) != content_digest(array)


@given(plain, plain)
@settings(max_examples=200, deadline=None)
def test_plain_values_have_equal_digests_just_when_they_are_equal(one: Any, two: Any) -> None:
    # repr tells 1 from 1.0 and True, as the digest does.
    same = repr(_sorted(one)) == repr(_sorted(two))
    assert (content_digest(one) == content_digest(two)) == same


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


@given(columns, st.integers(0, 5))
@settings(max_examples=100, deadline=None)
def test_chunks_and_library_do_not_change_the_digest_of_a_table(
    content: dict[str, list[Any]], cut: int
) -> None:
    types = {
        name: pa.string() if any(isinstance(v, str) for v in values) else pa.int64()
        for name, values in content.items()
    }
    table = pa.table({name: pa.array(values, types[name]) for name, values in content.items()})
    expected = describe_table(table, arrow_columns).digest
    parts = pa.concat_tables([table.slice(0, cut), table.slice(cut)])
    assert expected is not None
    assert describe_table(parts, arrow_columns).digest == expected
    assert describe_table(pl.from_arrow(table), polars_columns).digest == expected


@given(columns, st.data())
@settings(max_examples=100, deadline=None)
def test_changing_one_cell_changes_the_digest_of_a_table(
    content: dict[str, list[Any]], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(content)))
    row = data.draw(st.integers(0, 4))
    is_text = any(isinstance(value, str) for value in content[name])
    kind = pa.string() if is_text else pa.int64()
    old = content[name][row]
    new = data.draw(
        (st.text(max_size=5) if is_text else st.integers(0, 9)).filter(lambda v: v != old)
    )
    values = [*content[name][:row], new, *content[name][row + 1 :]]
    before = describe_table(pa.table({name: pa.array(content[name], kind)}), arrow_columns)
    after = describe_table(pa.table({name: pa.array(values, kind)}), arrow_columns)
    assert before.digest != after.digest
