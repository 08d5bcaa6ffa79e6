"""No line of a journal, whatever it holds, stops an ingest: it is a record, or it is refused."""

from __future__ import annotations

import orjson
import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st

from aitia.errors import RecordError, VocabularyError
from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.triples import to_nquads
from aitia.records import decode
from aitia.records.codec import _FIELDS

RUN = "11111111-2222-4333-8444-555555555555"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(), TEXT)
MARKED = st.one_of(
    st.builds(lambda value: {"@id": value}, SCALARS),
    st.builds(
        lambda a, b: {"@value": a, "@type": b},
        SCALARS,
        st.sampled_from(["xsd:double", "x:y", "", 3]),
    ),
    st.builds(lambda value: {"@json": value}, SCALARS),
)
NAMES = st.one_of(
    TEXT, st.sampled_from(["aitia:learningRate", "aitia:hasLayer", "prov:used", "x:y"])
)
ITEMS = st.recursive(
    SCALARS | MARKED,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
KINDS = st.sampled_from(sorted(_FIELDS))
GOOD = {"id": "e1", "name": "f", "n": "1", "t": 5, "type": "aitia:TaskRun"}


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    kind = draw(KINDS)
    line: dict[str, object] = {"k": kind}
    for key in _FIELDS[kind][1]:
        if draw(st.booleans()) and key in GOOD:
            line[key] = GOOD[key]
        elif draw(st.integers(0, 3)):
            line[key] = draw(ITEMS)
    return orjson.dumps(line)


@settings(max_examples=400, deadline=None)
@given(st.lists(lines(), max_size=4))
def test_a_line_is_mapped_or_refused(found: list[bytes]) -> None:
    mapper = Mapper(RUN, Origin("aitia", "0.1.0"))
    triples = []
    for index, line in enumerate(found):
        try:
            triples += mapper.map(decode(line), "", index)
        except (RecordError, VocabularyError):
            continue
    triples += mapper.finish(alive=False)
    quads = to_nquads(triples, mapper.graph)
    assert len(list(ox.parse(quads, format=ox.RdfFormat.N_QUADS))) == quads.count(b"\n")
