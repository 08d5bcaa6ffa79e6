"""Every record comes back from its line as it was, whatever the user's values are."""

import math

from hypothesis import given
from hypothesis import strategies as st

from aitia.records import Json, Record, Ref, Typed, decode, encode
from aitia.records.codec import dump_line
from aitia.records.prov import (
    Associated,
    Attributed,
    Delegated,
    Derived,
    Ended,
    Entity,
    Generated,
    Informed,
    Invalidated,
    Member,
    Note,
    Point,
    Points,
    RunEnded,
    RunStarted,
    Setting,
    Specialised,
    Started,
    Used,
)
from aitia.records.values import to_value

TEXT = st.text(max_size=20)
NAMES = st.text(min_size=1, max_size=12) | st.sampled_from(["@id", "@value", "@json", "k", "null"])
TIMES = st.integers(0, 2**63 - 1)
STEPS = st.integers(0, 10**9) | st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | TEXT
FINITE = st.floats(allow_nan=False, allow_infinity=False)
DATA = st.recursive(
    LEAVES | FINITE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
SCALARS = (
    st.floats()
    | st.integers()
    | st.text(alphabet=st.characters(categories=("Cs", "Lo", "Cc")), max_size=5)
    | st.binary(max_size=9)
    | st.dates()
    | st.datetimes()
)
HOSTILE = SCALARS | DATA
"""What users pass: each becomes a value first, as capture makes it one."""

VALUES = HOSTILE.map(to_value) | st.builds(Ref, NAMES) | st.builds(Json, DATA)
VALUES |= st.builds(Typed, TEXT, st.just("xsd:string"))
MAPPINGS = st.dictionaries(NAMES, VALUES, max_size=4)
ATTRIBUTES = st.dictionaries(NAMES, VALUES | st.lists(VALUES, max_size=3), max_size=3)
MAYBE = st.none() | TEXT
COLUMNS = st.lists(VALUES, max_size=4).map(tuple)

RECORDS: st.SearchStrategy[Record] = st.one_of(
    st.builds(RunStarted, TEXT, TEXT, TIMES, NAMES, MAYBE, MAYBE, MAYBE, ATTRIBUTES),
    st.builds(RunEnded, TIMES, NAMES, MAYBE, ATTRIBUTES),
    st.builds(Started, TEXT, TEXT, TIMES, NAMES, TEXT, MAPPINGS),
    st.builds(Ended, TEXT, TIMES, NAMES, MAYBE, MAPPINGS, ATTRIBUTES),
    st.builds(Entity, TEXT, NAMES, MAYBE, MAYBE, ATTRIBUTES),
    st.builds(Used, TEXT, TEXT, MAYBE, st.none() | TIMES, NAMES),
    st.builds(Generated, TEXT, TEXT, MAYBE, st.none() | TIMES, NAMES),
    st.builds(Invalidated, TEXT, TEXT, st.none() | TIMES),
    st.builds(Derived, TEXT, TEXT, MAYBE, NAMES),
    st.builds(Attributed, TEXT, TEXT, MAYBE),
    st.builds(Associated, TEXT, TEXT, MAYBE, MAYBE),
    st.builds(Delegated, TEXT, TEXT, MAYBE),
    st.builds(Specialised, TEXT, TEXT),
    st.builds(Member, TEXT, TEXT),
    st.builds(Informed, TEXT, TEXT),
    st.builds(Setting, TEXT, TEXT, VALUES, MAYBE),
    st.builds(Point, TEXT, TIMES, MAPPINGS, st.none() | STEPS),
    st.builds(Points, TEXT, TEXT, COLUMNS, st.lists(STEPS).map(tuple), st.lists(FINITE).map(tuple)),
    st.builds(Note, TEXT, TEXT, st.integers(0, 2**40), TEXT),
)


@given(RECORDS)
def test_every_record_comes_back_from_its_line(record):
    line = encode(record)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line) == record
    assert encode(decode(line)) == line


@given(st.dictionaries(NAMES, SCALARS, max_size=5))
def test_a_line_laid_by_hand_is_read_as_its_values(values):
    line = dump_line({"k": "log", "n": "", "t": 1, "v": values})
    record = decode(line)
    expected = {name: to_value(item) for name, item in values.items()}
    assert record == Point("", 1, expected)


@given(st.floats())
def test_numbers_survive_exactly(number):
    value = to_value(number)
    back = decode(encode(Setting("", "x", value))).value
    if math.isfinite(number):
        assert back == number
        assert math.copysign(1, back) == math.copysign(1, number)
    else:
        assert back == Typed({math.inf: "INF", -math.inf: "-INF"}.get(number, "NaN"), "xsd:double")
