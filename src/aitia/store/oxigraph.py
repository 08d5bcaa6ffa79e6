"""The embedded store: Oxigraph, on disk or in memory, behind the store port.

The default graph holds the merge of all named graphs, each triple once. Oxigraph's own union of
named graphs gives a triple as often as graphs state it, which multiplies at every join over nodes
that many runs share (docs/adr/0007-the-default-graph-is-the-merge.md).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from tempfile import NamedTemporaryFile

import pyoxigraph as ox

from aitia.errors import QueryError, StoreError
from aitia.store import compaction, owner, sparql, teaching
from aitia.store import graphs as policy
from aitia.store.port import Row, Solutions, Term
from aitia.vocabulary.literals import XSD, iri
from aitia.vocabulary.terms import NAMESPACES

_STRING = XSD + "string"

BULK_BYTES = 16 << 20
"""N-Quads of at least this size go in by the bulk loader: twice as fast, a sixth of the disk.

Below, its many small files cost more at the next queries than the loading saves.
"""

BULK = "bulk-"
"""How files begin that are being loaded, as Oxigraph names its own."""

CHUNK_BYTES = 1 << 20


class OxigraphStore:
    """Quads in an embedded Oxigraph.

    Parameters
    ----------
    path:
        Folder of the store, made when missing; None keeps it in memory.
    federation:
        Whether queries may ask other endpoints by SERVICE. Off, so that a query that comes over
        the network cannot make this machine reach others.

    Raises
    ------
    StoreLockedError
        When another process, or this one, has it open already.
    StoreError
        When the folder cannot be written, or what lies in it is damaged.
    """

    shared = False
    laterals = True
    """Whether it evaluates LATERAL (SEP-0006), and so can be told in which order to join."""

    def __init__(
        self, path: str | os.PathLike[str] | None = None, *, federation: bool = False
    ) -> None:
        self.path = None if path is None else os.path.abspath(os.fspath(path))
        self.federation = federation
        self._store: ox.Store | None = _open(self.path)
        if self.path is not None:
            compaction.give_way()
            owner.claim(self.path)
            _sweep(self.path)
        try:
            self._teach()
        except StoreError:
            self.close()
            raise

    def announce(self, url: str) -> None:
        """Say beside the store at which URL this process answers, for those who find it locked."""
        if self.path is not None:
            owner.claim(self.path, url=url)

    def select(self, sparql: str, *, graphs: Sequence[str] = ()) -> Solutions:
        """Run a SELECT over the union of all graphs, or over the union of ``graphs``."""
        found = self._query(sparql, graphs)
        if not isinstance(found, ox.QuerySolutions):
            raise _of_another_form("SELECT")
        variables = tuple(variable.value for variable in found.variables)
        return Solutions(variables, self._rows(found))

    def ask(self, sparql: str, *, graphs: Sequence[str] = ()) -> bool:
        """Run an ASK."""
        found = self._query(sparql, graphs)
        if not isinstance(found, ox.QueryBoolean):
            raise _of_another_form("ASK")
        return bool(found)

    def construct(self, sparql: str, *, graphs: Sequence[str] = ()) -> bytes:
        """Run a CONSTRUCT or DESCRIBE and return N-Triples."""
        found = self._query(sparql, graphs)
        if not isinstance(found, ox.QueryTriples):
            raise _of_another_form("CONSTRUCT or DESCRIBE")
        with self._faults():
            return ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b""

    def replace(self, graphs: Mapping[str, bytes]) -> None:
        """Replace each named graph by N-Quads bytes.

        The old graphs go in one transaction and the new ones come in another: a process killed
        in between leaves them absent, with their watermarks, so that ingest makes them again.
        """
        with self._faults():
            data = b"".join(part for name, quads in graphs.items() for part in _twice(name, quads))
            bulk = len(data) >= BULK_BYTES
            there = [name for name in graphs if self._has(name)]
            if there:
                self._open.update("; ".join(map(_drop, there)))
            if data:
                load = self._open.bulk_load if bulk else self._open.load
                load(data, ox.RdfFormat.N_QUADS)

    def append(self, graph: str, nquads: bytes) -> None:
        """Add N-Quads to a named graph, by the bulk loader."""
        with self._faults(), self._doubled(graph, nquads) as path:
            # The mapper has checked each IRI, so the parser need not.
            self._open.bulk_load(path=path, format=ox.RdfFormat.N_QUADS, lenient=True)

    def change(self, graph: str, gone: bytes, fresh: bytes) -> None:
        """Take N-Quads of a named graph away, then add others: two transactions, in that order."""
        with self._faults():
            if gone:
                told = gone.replace(f" {iri(graph)} .\n".encode(), b" .\n")
                self._open.update(sparql.without(graph, told, merge=True))
            if fresh:
                self._open.load(b"".join(_twice(graph, fresh)), ox.RdfFormat.N_QUADS)

    def dump(self, graph: str) -> bytes:
        """Return one graph as N-Quads."""
        with self._faults():
            triples = self._open.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=_node(graph))
        # A line break inside a literal is escaped, so these bytes only ever end a statement.
        return (triples or b"").replace(b" .\n", f" {iri(graph)} .\n".encode())

    def graphs(self) -> list[str]:
        """Return the IRIs of all named graphs, sorted."""
        with self._faults():
            names = list(self._open.named_graphs())
        return sorted(name.value for name in names if isinstance(name, ox.NamedNode))

    def backup(self, target: str | os.PathLike[str]) -> None:
        """Copy what an on-disk store holds now to a new folder, beside it by hard links.

        Raises
        ------
        StoreError
            When the store is in memory, or the folder is there already or cannot be written.
        """
        if self.path is None:
            raise StoreError("a store in memory cannot be copied to a folder")
        with self._faults():
            self._open.backup(os.fspath(target))

    def compact(self) -> None:
        """Rewrite the files of an on-disk store without what was deleted from it."""
        with self._faults():
            self._open.flush()
            self._open.optimize()

    def close(self) -> None:
        """Flush and release the store; closing twice does nothing."""
        if self._store is None:
            return
        try:
            with self._faults():
                self._open.flush()
        finally:
            # The lock is released when the last reference goes.
            self._store = None
            if self.path is not None:
                owner.release(self.path)

    @property
    def _open(self) -> ox.Store:
        if self._store is None:
            raise StoreError("the store is closed", next_step="open it again: aitia.open()")
        return self._store

    def _has(self, graph: str) -> bool:
        return self._open.contains_named_graph(_node(graph))

    def _query(
        self, text: str, graphs: Sequence[str]
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        if not self.federation and sparql.calls_service(text):
            raise QueryError(
                "the query asks another endpoint by SERVICE",
                expected="a query that stays in this store",
                next_step="ask that endpoint itself, or open with OxigraphStore(federation=True)",
            )
        chosen: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [_node(g) for g in graphs]
        try:
            with self._faults():
                return self._open.query(
                    text,
                    prefixes=NAMESPACES,
                    default_graph=chosen or None,
                )
        except SyntaxError as error:
            raise sparql.refused(text, str(error)) from None
        except UnicodeError as error:
            raise QueryError(f"the query is not Unicode text ({error})") from error

    def _rows(self, found: ox.QuerySolutions) -> Iterator[Row]:
        with self._faults():
            for solution in found:
                yield tuple(map(_term, solution))

    def _teach(self) -> None:
        """Bring a store of another version up to date: its layout, and the ontology in it."""
        files = teaching.ontology_files()
        statement = teaching.mark(files)
        if not self._marked(teaching.layout()):
            self._convert()
        elif self._marked(statement):
            return
        with self._faults():
            self._open.update("; ".join(map(_drop, (policy.ONTOLOGY, policy.CATALOGUE))))
            target = ox.NamedNode(policy.ONTOLOGY)
            for path in files:
                self._open.load(path=path, format=ox.RdfFormat.TURTLE, to_graph=target)
            copy = f"INSERT {{ ?s ?p ?o }} WHERE {{ GRAPH {iri(policy.ONTOLOGY)} {{ ?s ?p ?o }} }}"
            self._open.update(copy)
        end = f" {iri(policy.CATALOGUE)} .\n"
        self.replace({policy.CATALOGUE: f"{teaching.layout()}{end}{statement}{end}".encode()})

    def _marked(self, statement: str) -> bool:
        return self.ask(f"ASK {{ {statement} }}", graphs=[policy.CATALOGUE])

    def _convert(self) -> None:
        """Empty a store of an older layout, so that it is made again from the journals.

        Raises
        ------
        StoreError
            When its layout is one that only a newer Aitia knows.
        """
        query = f"SELECT ?n WHERE {{ {iri(policy.CATALOGUE)} {iri(teaching.LAYOUT)} ?n }}"
        said = [int(n.value) for (n,) in self.select(query, graphs=[policy.CATALOGUE]).rows if n]
        if any(number > teaching.LAYOUT_VERSION for number in said):
            raise StoreError(
                f"the store {self.path} was made by a newer Aitia (layout {max(said)})",
                expected=f"layout {teaching.LAYOUT_VERSION} or older",
                next_step=f"pip install --upgrade aitia, or: rm -r {self.path} && aitia rebuild",
            )
        with self._faults():
            if len(self._open):
                self._open.clear()

    @contextmanager
    def _doubled(self, graph: str, quads: bytes) -> Iterator[str]:
        """Write the quads of a graph, and the same as triples of the default graph, to a file.

        Several parts are loaded at a time, and must not all be held in memory more than once.
        """
        with NamedTemporaryFile(prefix=BULK, dir=self.path) as file:
            start = 0
            while start < len(quads):
                end = quads.find(b"\n", start + CHUNK_BYTES) + 1 or len(quads)
                file.writelines(_twice(graph, quads[start:end]))
                start = end
            file.flush()
            yield file.name

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn what the library raises about disks and data into a StoreError."""
        try:
            yield
        except OSError as error:
            raise _disk_error(self.path, error) from error
        except RuntimeError as error:
            raise _damaged(self.path, error) from error
        except SyntaxError as error:
            if error.filename is None and error.lineno is None:
                raise
            raise StoreError(
                f"line {error.lineno} of what was to be stored is not N-Quads: {error.msg}"
            ) from error


def _twice(graph: str, quads: bytes) -> tuple[bytes, bytes]:
    """Return the quads of a graph, and the same as triples of the default graph."""
    end = f" {iri(graph)} .\n".encode()
    if quads.count(end) != quads.count(b"\n") or not (quads.endswith(end) or not quads):
        # Spaced in another way than the mapping does, or with comments.
        rows = ox.parse(quads, format=ox.RdfFormat.N_QUADS)
        quads = ox.serialize(rows, format=ox.RdfFormat.N_QUADS) or b""
    return quads, quads.replace(end, b" .\n")


def _drop(graph: str) -> str:
    """Return the update that drops a graph, and from the merge what it alone stated."""
    name = iri(graph)
    return (
        f"DELETE {{ ?s ?p ?o }} WHERE {{ GRAPH {name} {{ ?s ?p ?o }} FILTER NOT EXISTS "
        f"{{ GRAPH ?other {{ ?s ?p ?o }} FILTER(?other != {name}) }} }} ; "
        f"DROP SILENT GRAPH {name}"
    )


def _open(path: str | None) -> ox.Store:
    if path is None:
        return ox.Store()
    try:
        os.makedirs(path, exist_ok=True)
        return ox.Store(path)
    except OSError as error:
        if "lock" in str(error).lower():
            raise owner.locked(path) from None
        raise _disk_error(path, error) from error
    except RuntimeError as error:
        raise _damaged(path, error) from error


def _sweep(path: str) -> None:
    """Remove what a bulk load that was killed left behind: files that no transaction took over."""
    with os.scandir(path) as entries:
        left = [entry.path for entry in entries if entry.name.startswith(BULK)]
    for orphan in left:
        with suppress(OSError):
            os.remove(orphan)


def _disk_error(path: str | None, error: OSError) -> StoreError:
    where = f"the store {path}" if path else "the store in memory"
    text = str(error)
    if "No space left" in text or "File too large" in text or "quota" in text.lower():
        return StoreError(
            f"{where} could not be written: the disk is full ({text})",
            expected="free space; what was recorded is safe in the journals",
            next_step="free some space, then run: aitia ingest",
        )
    if "ermission" in text or "Read-only" in text or "not permitted" in text:
        return StoreError(
            f"{where} cannot be written ({text})",
            expected="a folder that this user may write to",
            next_step="copy the data directory to one, and name it: AITIA_DIR=… aitia ls",
        )
    return StoreError(f"{where} cannot be used ({text})", next_step="see: aitia doctor")


def _damaged(path: str | None, error: RuntimeError) -> StoreError:
    return StoreError(
        f"the store {path or 'in memory'} is damaged ({error})",
        expected="a store as it was left; it is only an index of the journals",
        next_step=f"rm -r {path} && aitia rebuild",
    )


def _node(text: str) -> ox.NamedNode:
    return ox.NamedNode(iri(text)[1:-1])


def _of_another_form(form: str) -> QueryError:
    return QueryError(f"the query is of another form than {form}", expected=f"a {form} query")


def _term(term: object) -> Term | None:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return Term("iri", term.value)
    if isinstance(term, ox.BlankNode):
        return Term("bnode", term.value)
    if isinstance(term, ox.Literal):
        if term.language is not None:
            return Term("literal", term.value, None, term.language)
        datatype = term.datatype.value
        return Term("literal", term.value, None if datatype == _STRING else datatype)
    return Term("literal", str(term))
