"""Which shapes to judge by: the folders of ``shapes/`` are the severities; files may be added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from pyoxigraph import RdfFormat, Triple, parse

from aitia import resources
from aitia.errors import ValidationError
from aitia.validation.compile import compile_shapes
from aitia.validation.plan import Plan
from aitia.validation.reader import read_shapes
from aitia.validation.report import MUST, SEVERITIES
from aitia.validation.shapes import Shapes
from aitia.vocabulary.extensions import Extension

_FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".rdf": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}


class Profile(NamedTuple):
    """Shapes, compiled once; ``vocabulary`` says whether unknown terms are refused too.

    ``subclasses`` are pairs of a class and one above it that hold beside the ontology's;
    ``extensions`` are the user's own modules of the ontology, whose terms and subproperties hold.
    """

    shapes: Shapes
    plan: Plan
    vocabulary: bool = True
    subclasses: tuple[tuple[str, str], ...] = ()
    extensions: tuple[Extension, ...] = ()

    def extended(self, extensions: Iterable[Extension]) -> Profile:
        """Return the same profile with the hierarchies and the terms of these extensions."""
        modules = tuple(extensions)
        pairs = [
            (name, above)
            for extension in modules
            for name in sorted(extension.classes)
            for above in sorted(extension.ancestors.get(name, ()))
        ]
        return self._replace(subclasses=tuple(pairs), extensions=modules)


def load(severities: Sequence[str] = SEVERITIES, extra: Sequence[str] = ()) -> Profile:
    """Return the profile of the shapes of these severities, and of the files in ``extra``.

    Parameters
    ----------
    severities:
        Which folders of ``shapes/`` to read: ``must``, ``should``, ``may``.
    extra:
        Paths of shapes files of one's own (``.ttl``, ``.nt``, ``.rdf``, ``.jsonld``).

    Raises
    ------
    ValidationError
        When a severity is unknown, or a file cannot be read or is not SHACL.
    """
    for name in severities:
        if name not in SEVERITIES:
            raise ValidationError(
                f"the severity {name!r}", expected=f"one of {', '.join(SEVERITIES)}"
            )
    return _load(tuple(name for name in SEVERITIES if name in severities), tuple(map(str, extra)))


@lru_cache(maxsize=8)
def _load(severities: tuple[str, ...], extra: tuple[str, ...]) -> Profile:
    triples: list[Triple] = []
    for name in severities:
        for path in resources.files(f"shapes/{name}", ".ttl"):
            triples += read_file(path)
    for path in extra:
        triples += read_file(path)
    return of_triples(triples, vocabulary=MUST in severities)


def of_triples(triples: Sequence[Triple], *, vocabulary: bool = False) -> Profile:
    """Return the profile of a shapes graph given as triples."""
    shapes = read_shapes(triples)
    return Profile(shapes, compile_shapes(shapes), vocabulary)


def read_file(path: str) -> list[Triple]:
    """Return the triples of a shapes file, its blank nodes made distinct from those of other files.

    Raises
    ------
    ValidationError
        When the file is missing, of an unknown kind, or cannot be parsed.
    """
    suffix = path[path.rfind(".") :]
    if suffix not in _FORMATS:
        known = ", ".join(_FORMATS)
        raise ValidationError(f"the shapes file {path!r}", expected=f"a name that ends in {known}")
    try:
        quads = parse(
            path=path, format=_FORMATS[suffix], base_iri="file:" + path, rename_blank_nodes=True
        )
        return [Triple(quad.subject, quad.predicate, quad.object) for quad in quads]
    except (OSError, SyntaxError, ValueError) as error:
        raise ValidationError(
            f"the shapes file {path!r} cannot be read: {error}", expected="a shapes graph in RDF"
        ) from error
