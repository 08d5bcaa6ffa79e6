from __future__ import annotations

import pytest

from aitia.errors import StoreError
from aitia.store import writing
from aitia.store.access import Access
from aitia.store.http import Reply
from aitia.store.writing import Services, Writer, services

RUN = "urn:uuid:1#bundle"
MARK = "https://w3id.org/aitia/graph/catalogue/1/aitia"
ONE = f"<urn:a> <urn:p> <urn:b> <{RUN}> .\n".encode()
SAID = f'<{RUN}> <urn:mark> "m" <{MARK}> .\n'.encode()


class Recorder:
    """A client that keeps what it is given to send."""

    def __init__(self, status: int = 204) -> None:
        self.status = status
        self.sent: list[tuple[str, str, bytes]] = []

    def send(self, method: str, url: str, body: bytes | None = None, *, kind: str = "") -> Reply:
        self.sent.append((method, url, body or b""))
        return Reply(self.status, {}, b"no\nmore")


def writer(where: Services, status: int = 204) -> tuple[Writer, Recorder]:
    client = Recorder(status)
    return Writer(client, where), client  # type: ignore[arg-type]


def test_small_graphs_are_replaced_in_one_update() -> None:
    made, client = writer(Services("http://x/update", "", merges=True))
    made.replace({MARK: SAID, RUN: ONE})
    (request,) = client.sent
    text = request[2].decode()
    assert text.index("DROP") < text.index("INSERT DATA")
    assert text.index("<urn:a>") < text.index("<urn:mark>")
    assert text.count("<urn:a>") == 1


def test_without_a_merge_triples_go_to_the_default_graph_too() -> None:
    made, client = writer(Services("http://x/update", "", merges=False))
    made.replace({RUN: ONE})
    assert client.sent[0][2].count(b"<urn:a>") == 2


@pytest.mark.parametrize("where", [Services("http://x/u", "", True), Services("", "http://x?g=")])
def test_the_watermark_goes_first_and_comes_last(
    where: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "REQUEST_BYTES", 60)
    made, client = writer(where)
    made.replace({MARK: SAID, RUN: ONE * 3})
    marked = [b"urn:mark" in body for _, _, body in client.sent]
    assert marked == [False] * (len(marked) - 1) + [True]
    first = client.sent[0]
    assert b"catalogue" in first[2] or (first[0] == "DELETE" and "catalogue" in first[1])


def test_blank_nodes_stay_in_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "REQUEST_BYTES", 60)
    made, client = writer(Services("", "http://x?graph="))
    made.replace({RUN: f"_:b <urn:p> _:c <{RUN}> .\n".encode() * 9})
    assert [method for method, _, _ in client.sent] == ["PUT"]


def test_a_graph_that_is_not_there_is_gone_already() -> None:
    made, _ = writer(Services("", "http://x?graph="), 404)
    made.replace({RUN: b""})
    with pytest.raises(StoreError, match=r"refused to PUT \(404: no\)"):
        made.replace({RUN: ONE})


def test_services_follow_from_the_kind_of_server() -> None:
    none = Access()
    found = services("http://x:1/query", none, "oxigraph/0.5")
    assert found == Services("http://x:1/update", "http://x:1/store?graph=")
    assert services("http://x/a/query", none, "").update == "http://x/a/update"
    graphs = "http://x/sparql-graph-crud-auth?graph-uri="
    assert services("http://x/sparql", none, "Virtuoso/07.20") == Services("", graphs)
    assert services("http://x/q", Access(update="http://x/u"), "").update == "http://x/u"
    with pytest.raises(StoreError, match="AITIA_REMOTE_UPDATE"):
        services("http://x/sparql", none, "")
