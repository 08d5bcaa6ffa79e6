"""What differs between two runs: settings, data, code, software, machine, model, results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from aitia.query.facts import Facts, bundles, facts
from aitia.query.runs import Run
from aitia.query.values import to_python
from aitia.query.wording import short_iri, words
from aitia.store.port import Store

SECTIONS = ("settings", "data", "code", "software", "machine", "model", "results")

_PACKAGES = """
PREFIX aitia: <https://w3id.org/aitia/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?name ?version WHERE {
  ?environment a aitia:SoftwareEnvironment ; prov:hadMember ?package .
  ?package rdfs:label ?name .
  OPTIONAL { ?package aitia:versionLabel ?version }
}
"""
_CODE = frozenset({"aitia:SourceRevision", "aitia:ContainerImage"})
_APART = frozenset({"aitia:SoftwarePackage", "aitia:MLFramework", "aitia:SoftwareEnvironment"})
_OUTCOME = ("status", "durationSeconds", "errorMessage")


class Difference(NamedTuple):
    """One fact that two runs do not share; None where a run does not have it."""

    section: str
    name: str
    left: object
    right: object


def compare(store: Store, left: Run, right: Run, *, everything: bool = False) -> list[Difference]:
    """Return the facts in which two runs differ, by section and name.

    Parameters
    ----------
    store:
        Where both are.
    left, right:
        The runs.
    everything:
        Whether to return also what they share.
    """
    one, other = _profile(store, left), _profile(store, right)
    keys = sorted(one.keys() | other.keys(), key=lambda k: (SECTIONS.index(k[0]), k[1]))
    found = [Difference(*key, one.get(key), other.get(key)) for key in keys]
    return [d for d in found if everything or not _same(d.left, d.right)]


def _same(left: object, right: object) -> bool:
    return left == right or (left != left and right != right)


Profile = Mapping[tuple[str, str], object]


def _profile(store: Store, run: Run) -> Profile:
    known = facts(store, run.iri)
    found: dict[tuple[str, str], object] = {}
    for section, name, value in (*_told(known, run), *_software(store, run)):
        key = (section, name)
        before = found.get(key)
        # Two things of one name, such as two processors: both values count.
        found[key] = value if before in (None, value) else f"{before}, {value}"
    return found


def _told(known: Facts, run: Run) -> Iterator[tuple[str, str, object]]:
    for subject, values in known.settings.items():
        owner = "" if subject in ("", run.name) else f"{subject}: "
        yield from (("settings", owner + name, value) for name, value in values.items())
    for content in known.contents:
        if not content.made:
            digest = content.sha256[:16] if content.sha256 else short_iri(content.iri)
            yield "data", content.label, digest
    for name, value in known.head.items():
        if name in _OUTCOME:
            yield "results", words(name), value
        elif name == "commandLine":
            yield "code", words(name), value
    yield from _things(known)
    for metric in known.metrics:
        if metric.kind != "aitia:Series":
            owner = "" if metric.subject == run.name else f"{metric.subject}: "
            value = metric.best if metric.best is not None else metric.last
            yield "results", owner + metric.quantity, value


def _things(known: Facts) -> Iterator[tuple[str, str, object]]:
    for layer, things in known.layers.items():
        for thing in things:
            if thing.type in _APART or layer in ("application", "causal"):
                continue
            kind = words(thing.type.partition(":")[2])
            section = "code" if thing.type in _CODE else _SECTION.get(layer, "software")
            if thing.many > 1:
                yield section, kind, f"{thing.many} of them"
                continue
            yield section, kind, thing.label
            for name, value in thing.facts:
                if name not in ("byteSize", "locator"):
                    yield section, f"{kind} {words(name)}", value


_SECTION = {"system": "machine", "platform": "software", "model": "model"}


def _software(store: Store, run: Run) -> Iterator[tuple[str, str, object]]:
    graphs = bundles(store, run.iri)
    if not graphs:
        return
    for name, version in store.select(_PACKAGES, graphs=graphs).rows:
        if name is not None:
            yield "software", name.value, to_python(version) or "present"
