"""The reader's door: ``aitia.open()`` gives a ``Graph`` to ask, validate and project.

>>> import aitia
>>> with aitia.open() as graph:                          # doctest: +SKIP
...     graph.query("best-run", metric="accuracy")
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

from aitia.errors import IngestError, NotFoundError
from aitia.store import graphs
from aitia.store.port import Store

if TYPE_CHECKING:
    from aitia.causal import Analysis
    from aitia.causal.effects import Effects
    from aitia.causal.knowledge_file import Given
    from aitia.ingest.live import Live
    from aitia.ingest.pipeline import Progress, Summary
    from aitia.projection.fitness import Fitness
    from aitia.projection.table import FeatureTable
    from aitia.query.limited import LimitedStore
    from aitia.query.lineage import Node
    from aitia.query.table import Table
    from aitia.validation.incremental import Incremental
    from aitia.validation.report import Report
    from aitia.vocabulary.extensions import Extension

STORE = "store"
"""Folder of the embedded store inside the data directory."""


class Graph:
    """What was recorded, as one graph behind SPARQL.

    Parameters
    ----------
    store:
        Any ``store.port.Store``.
    directory:
        The data directory with the journals, or None for a store without them (an endpoint).
    extensions:
        The user's own modules of the ontology.
    """

    def __init__(
        self, store: Store, directory: str | None = None, extensions: Sequence[Extension] = ()
    ) -> None:
        self.extensions = tuple(extensions)
        self._incremental: Incremental | None = None
        self.store = store
        self.directory = directory
        self.live: Live | None = None
        """The runs that go on, as far as they were brought in."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the store."""
        self.store.close()

    def ingest(self, *, progress: Progress | None = None, jobs: int | None = None) -> Summary:
        """Bring the journals that changed into the store.

        Parameters
        ----------
        progress:
            Called with bytes done and bytes to do.
        jobs:
            Worker processes; None is as many as pay, 0 does all in this one.

        Raises
        ------
        IngestError
            When this graph has no journals.
        """
        from aitia.ingest.live import Live
        from aitia.ingest.pipeline import ingest

        folder = self._journals("ingest")
        words = self.extensions
        self.live = live = self.live or Live(folder, words)
        return ingest(folder, self.store, progress=progress, extensions=words, jobs=jobs, live=live)

    def rebuild(self, *, progress: Progress | None = None) -> Summary:
        """Make the store again from the journals; the graphs of unchanged runs come out equal."""
        from aitia.ingest.pipeline import rebuild

        folder = self._journals("rebuild")
        return rebuild(folder, self.store, progress=progress, extensions=self.extensions)

    def _journals(self, verb: str) -> str:
        if self.directory is None:
            raise IngestError(
                f"nothing to {verb}: this graph is an endpoint",
                expected="a data directory",
                next_step=f"run aitia {verb} on the machine that holds the journals",
            )
        return self.directory

    def runs(self) -> Table:
        """Return one row per run: id, name, type, status, start, duration."""
        return self.query("runs")

    def query(self, name: str, **parameters: object) -> Table:
        """Answer a question of the library.

        Parameters
        ----------
        name:
            Name of the question, as ``aitia query`` lists it.
        parameters:
            Its parameters by name; those left out have their defaults.

        Raises
        ------
        NotFoundError
            When there is no such question.
        QueryError
            When a parameter is unknown or of the wrong type, or the store refuses the query.
        """
        from aitia.query.catalog import load as load_catalog
        from aitia.query.run import ask

        return ask(self.store, load_catalog()[name], **parameters)

    def sparql(self, text: str, *, timeout: float | None = None) -> Table | bool | str:
        """Run SPARQL: a SELECT gives a Table, an ASK a bool, a CONSTRUCT N-Triples.

        Parameters
        ----------
        text:
            The query.
        timeout:
            Seconds after which it is stopped; see ``limited``.

        Raises
        ------
        QueryError
            When the text is not a query, or fails.
        QueryTimeoutError
            When it was stopped.
        """
        from aitia.query.run import sparql

        if timeout is None:
            return sparql(self.store, text)
        with self.limited(timeout) as store:
            return sparql(store, text)

    def limited(self, seconds: float | None) -> LimitedStore:
        """Return the store with a time limit for each query, which also Ctrl-C stops at once.

        For an embedded store on disk. Of one in memory, and of an endpoint, the limit holds
        between the rows of an answer alone.
        """
        from aitia.query.limited import LimitedStore

        return LimitedStore(self.store, seconds)

    def why(self, thing: str | os.PathLike[str], *, depth: int = 12) -> Node:
        """Return the upstream lineage of a file (found by its digest), a run or an IRI, as a tree.

        Raises
        ------
        NotFoundError
            When nothing recorded is, or was, that thing.
        """
        from aitia.query.lineage import find, upstream

        return upstream(self.store, find(self.store, os.fspath(thing)), depth=depth)

    def validate(self, run: str | None = None, *, engine: str = "oxigraph") -> dict[str, Report]:
        """Judge what the store holds by the shapes.

        Parameters
        ----------
        run:
            UUID of one run, or None for all.
        engine:
            ``oxigraph`` (compiled shapes) or ``pyshacl``.

        Returns
        -------
        dict
            The report of each bundle, by the IRI of its graph.
        """
        from aitia.validation.engine import validate
        from aitia.validation.profiles import load as load_shapes

        profile = load_shapes().extended(self.extensions)
        return {g: validate(self.store.dump(g), profile, engine=engine) for g in self._bundles(run)}

    def _bundles(self, run: str | None) -> list[str]:
        found = [graph for graph in self.store.graphs() if graphs.is_bundle(graph)]
        found = [graph for graph in found if run in (None, graphs.run_of(graph))]
        if run is not None and not found:
            raise NotFoundError(f"no run {run}", next_step="aitia ls")
        return found

    def validate_nodes(self, nodes: Iterable[str], *, run: str | None = None) -> Report:
        """Judge just these nodes, and those that point at them.

        Found is what a validation of the whole graph would find of them; it costs what they and
        their neighbours cost, however much else is stored.

        Parameters
        ----------
        nodes:
            IRIs, such as that of a task that has just finished and of its settings.
        run:
            UUID of the run whose graphs are judged; None takes all that is stored as one graph.
        """
        from aitia.validation.incremental import Incremental
        from aitia.validation.profiles import load as load_shapes
        from aitia.vocabulary.literals import iri

        if self._incremental is None:
            self._incremental = Incremental(load_shapes().extended(self.extensions))

        within = () if run is None else self._bundles(run)

        def ask(text: str) -> Iterator[Sequence[str]]:
            for row in self.store.select(text, graphs=within).rows:
                yield tuple("" if term is None else term.ntriples() for term in row)

        return self._incremental.validate(ask, map(iri, nodes))

    def features(
        self, name: str = "training-runs", *, knowledge: Given = None, **parameters: object
    ) -> FeatureTable:
        """Return a feature table: one row per unit, typed columns with their tiers.

        Parameters
        ----------
        name:
            Name of a question of the family features.
        knowledge:
            A file of background knowledge that overrules the graph.
        parameters:
            Those of the question.

        Raises
        ------
        ProjectionError
            When nothing was recorded that it could be made of.
        CausalError
            When the file contradicts itself or names what is not there; with the line.
        """
        from dataclasses import replace

        from aitia.projection.naming import names
        from aitia.projection.project import project

        table = project(self.store, name, **parameters)
        table = replace(table, called=names(self.store, table))
        if knowledge is None:
            return table
        from aitia.causal.beliefs import given

        return given(table, knowledge)

    def predict_fitness(self, metric: str, **rule: Any) -> tuple[Fitness, ...]:
        """Predict where the curves of a metric lead; ``rule`` has the fields of ``fitness.Rule``.

        Raises
        ------
        ProjectionError
            When no training has such a curve; those that there are are named.
        """
        from aitia.projection.fitness import Rule, fitness

        return fitness(self.store, metric, Rule(**rule))

    def analyse(self, name: str = "training-runs", **options: Any) -> Analysis:
        """Find out what acts on what among the columns of a feature table.

        Parameters
        ----------
        name:
            Name of a question of the family features.
        options:
            Those of ``aitia.causal.analyse``: ``target``, ``columns``, ``knowledge`` and others.

        Raises
        ------
        CausalError
            When the table, or an option, does not allow an answer; the message says why.
        """
        from aitia.causal import analyse

        return analyse(self.features(name), **options)

    def effects(
        self, name: str = "training-runs", *, outcome: str, knowledge: Given = None, **options: Any
    ) -> Effects:
        """Estimate what each setting does to an outcome.

        Parameters
        ----------
        name:
            Name of a question of the family features.
        outcome:
            The column that is asked about.
        knowledge:
            A file of background knowledge that overrules the graph.
        options:
            Those of ``aitia.causal.effects.effects``.

        Raises
        ------
        CausalError
            When the table does not allow an answer; the message says why.
        """
        from aitia.causal.effects import effects

        return effects(self.features(name, knowledge=knowledge), outcome=outcome, **options)

    def keep(self, analysis: Analysis) -> None:
        """Write the findings of an analysis into the graph, in place of those of the same one.

        Raises
        ------
        IngestError
            When this graph has no journals.
        """
        from aitia.ingest.pipeline import adopt

        folder = self._journals("keep")
        adopt(folder, analysis.records, run=analysis.run, recorder="causal")
        self.ingest()


def open(
    path: str | os.PathLike[str] | None = None,
    *,
    ingest: bool = True,
    read_only: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Graph:
    """Open what was recorded.

    Parameters
    ----------
    path:
        A data directory, or the URL of a SPARQL 1.1 endpoint; None is ``$AITIA_DIR`` or
        ``./.aitia``.
    ingest:
        Whether journals that are not in the store yet are brought in first.
    read_only:
        Read what the store holds at the moment, also while another process writes to it.
    progress:
        Called with bytes done and bytes to do while journals are brought in.

    Raises
    ------
    NotFoundError
        When there is nothing at that path.
    ValidationError
        When a module named in ``[ontology] extensions`` cannot be used.
    StoreLockedError
        When another process holds the store; the message says which, and how to reach it.
    """
    if isinstance(path, str) and path.startswith(("http://", "https://")):
        from aitia.store.remote import RemoteStore

        return Graph(RemoteStore(path))
    from aitia.config import is_data_directory, load
    from aitia.journal.leftover import collect
    from aitia.keeping.retention import recover
    from aitia.store.beside import StoreBeside
    from aitia.store.oxigraph import OxigraphStore
    from aitia.validation.extensions import load as load_extensions

    settings = load(path)
    directory = os.fspath(path) if path is not None else settings.directory
    if not is_data_directory(directory):
        raise NotFoundError(
            f"nothing was recorded in {directory}",
            expected="a data directory",
            next_step="aitia run python train.py, or: aitia demo",
        )
    if ingest and not read_only:
        collect(os.path.join(directory, "journal"), settings.spool)
    extensions = load_extensions(settings.extensions) if settings.extensions else ()
    if read_only:
        return Graph(StoreBeside(os.path.join(directory, STORE)), directory, extensions)
    graph = Graph(OxigraphStore(os.path.join(directory, STORE)), directory, extensions)
    if ingest:
        recover(directory, graph.store)
        graph.ingest(progress=progress)
    return graph
