from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.triples import to_nquads
from aitia.records import Record
from aitia.store.oxigraph import OxigraphStore

RUN = "8e077096-e943-4091-9833-1649ddf057c8"


@pytest.fixture
def store() -> OxigraphStore:
    return OxigraphStore(None)


@pytest.fixture
def keep(store: OxigraphStore) -> Callable[..., str]:
    """Return a function that puts records into the store, and returns their bundle."""

    def of(records: Sequence[Record], *, run: str = RUN, recorder: str = "aitia") -> str:
        mapper = Mapper(run, Origin(recorder, "0.1.0"))
        triples = [t for i, record in enumerate(records) for t in mapper.map(record, "", i)]
        triples += mapper.finish(alive=False)
        triples += mapper.describe("00" * 32)
        store.replace({mapper.graph: to_nquads(triples, mapper.graph)})
        return mapper.graph

    return of
