"""Each constraint component of SHACL Core (§4) as the SPARQL pattern of its violations.

A pattern is joined to ``?this`` being a focus node, and binds ``?value`` where SHACL says that the
result has one. It is uncorrelated with anything else, so that aggregates mean what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from aitia.validation.paths import needed, sparql
from aitia.validation.shapes import SH, Constraint, Shape, Term
from aitia.validation.terms import EXACT, FAILS, FOCUS, ILL_TYPED, encode, held, native


class Piece(NamedTuple):
    """The violations of one constraint.

    ``text`` is the pattern; ``needs`` properties that must occur in the data for there to be a
    violation; ``component`` the local name of the component; ``classes`` those whose instances must
    be known; ``has_value`` whether the result has a value.
    """

    text: str
    needs: frozenset[str]
    component: str
    classes: frozenset[str] = frozenset()
    has_value: bool = True


class Context(NamedTuple):
    """What a pattern may depend on: a shape, the pattern of its focus nodes, other shapes' ids."""

    shape: Shape
    focus: str
    ids: Callable[[str], str]

    def path(self) -> str:
        """Return the SPARQL text of the path, which only property shapes have."""
        return sparql(self.shape.path) if self.shape.path is not None else ""

    def values(self, variable: str = "?value") -> str:
        """Return the pattern that binds the value nodes."""
        if self.shape.path is None:
            return f"BIND(?this AS {variable}) "
        return f"?this {self.path()} {variable} . "

    def needs(self) -> frozenset[str]:
        """Return the properties without which there are no value nodes."""
        return frozenset() if self.shape.path is None else needed(self.shape.path)

    def fails(self, key: str, variable: str = "?value") -> str:
        """Return the pattern that a node fails another shape."""
        return held(FAILS, self.ids(key), variable)


def _each(context: Context, condition: str, component: str) -> Iterator[Piece]:
    yield Piece(f"{context.values()}FILTER({condition})", context.needs(), component)


def _text(term: Term) -> str:
    return str(encode(term))


def _class(context: Context, constraint: Constraint) -> Iterator[Piece]:
    wanted = str(constraint.terms[0])[1:-1]
    text = f"{context.values()}FILTER NOT EXISTS {{ {held(FOCUS, wanted, '?value')} }}"
    yield Piece(text, context.needs(), "ClassConstraintComponent", frozenset({wanted}))


def _datatype(context: Context, constraint: Constraint) -> Iterator[Piece]:
    wanted = str(constraint.terms[0])[1:-1]
    ill = f"GRAPH {ILL_TYPED} {{ ?holder ?holds ?value }}"
    of_type = f"DATATYPE(?value) IN (<{wanted}>, <{EXACT}{wanted}>)"
    good = f"isLiteral(?value) && {of_type} && NOT EXISTS {{ {ill} }}"
    yield from _each(context, f"!({good})", "DatatypeConstraintComponent")


_KINDS = {
    "IRI": "isIRI(?value)",
    "BlankNode": "isBlank(?value)",
    "Literal": "isLiteral(?value)",
    "BlankNodeOrIRI": "(isBlank(?value) || isIRI(?value))",
    "BlankNodeOrLiteral": "(isBlank(?value) || isLiteral(?value))",
    "IRIOrLiteral": "(isIRI(?value) || isLiteral(?value))",
}


def _node_kind(context: Context, constraint: Constraint) -> Iterator[Piece]:
    kind = str(constraint.terms[0])[1:-1].removeprefix(SH)
    yield from _each(context, f"!{_KINDS[kind]}", "NodeKindConstraintComponent")


def _number(constraint: Constraint) -> int:
    term = constraint.terms[0]
    return int(term.value) if isinstance(term, Literal) else 0


def _aggregate(context: Context, inner: str, having: str) -> str:
    return (
        f"{{ SELECT ?this WHERE {{ {context.focus} {inner} }} GROUP BY ?this "
        f"HAVING(COUNT(DISTINCT ?counted) {having}) }}"
    )


def _min_count(context: Context, constraint: Constraint) -> Iterator[Piece]:
    least = _number(constraint)
    walk = f"?this {context.path()} ?counted"
    if least == 1:
        text = f"FILTER NOT EXISTS {{ {walk} }}"
    else:
        text = _aggregate(context, f"OPTIONAL {{ {walk} }}", f"< {least}")
    if least > 0:
        yield Piece(text, frozenset(), "MinCountConstraintComponent", has_value=False)


def _max_count(context: Context, constraint: Constraint) -> Iterator[Piece]:
    most, path = _number(constraint), context.path()
    if most == 0:
        text = f"FILTER EXISTS {{ ?this {path} ?counted }}"
    elif most == 1:
        pair = f"?this {path} ?one . ?this {path} ?other . FILTER(!sameTerm(?one, ?other))"
        text = f"FILTER EXISTS {{ {pair} }}"
    else:
        text = _aggregate(context, f"?this {path} ?counted", f"> {most}")
    yield Piece(text, context.needs(), "MaxCountConstraintComponent", has_value=False)


def _compared(sign: str, component: str) -> Callable[[Context, Constraint], Iterator[Piece]]:
    def pieces(context: Context, constraint: Constraint) -> Iterator[Piece]:
        condition = f"!COALESCE({native('?value')} {sign} {constraint.terms[0]}, false)"
        yield from _each(context, condition, component)

    return pieces


def _length(sign: str, component: str) -> Callable[[Context, Constraint], Iterator[Piece]]:
    def pieces(context: Context, constraint: Constraint) -> Iterator[Piece]:
        condition = f"isBlank(?value) || STRLEN(STR(?value)) {sign} {_number(constraint)}"
        yield from _each(context, condition, component)

    return pieces


def _pattern(context: Context, constraint: Constraint) -> Iterator[Piece]:
    flags = constraint.options["flags"]
    more = f", {Literal(flags)}" if flags else ""
    condition = f"isBlank(?value) || !REGEX(STR(?value), {constraint.terms[0]}{more})"
    yield from _each(context, condition, "PatternConstraintComponent")


def _language_in(context: Context, constraint: Constraint) -> Iterator[Piece]:
    ranges = " || ".join(f"LANGMATCHES(LANG(?value), {term})" for term in constraint.terms)
    condition = f'!(isLiteral(?value) && LANG(?value) != "" && ({ranges or "false"}))'
    yield from _each(context, condition, "LanguageInConstraintComponent")


def _unique_lang(context: Context, _: Constraint) -> Iterator[Piece]:
    path = context.path()
    text = (
        f"?this {path} ?text . ?this {path} ?twin . "
        f"FILTER(!sameTerm(?text, ?twin) && isLiteral(?text) && isLiteral(?twin) && "
        f'LANG(?text) != "" && LCASE(LANG(?text)) = LCASE(LANG(?twin))) '
        f"BIND(LCASE(LANG(?text)) AS ?value)"
    )
    yield Piece(text, context.needs(), "UniqueLangConstraintComponent", has_value=False)


def _equals(context: Context, constraint: Constraint) -> Iterator[Piece]:
    name, other = "EqualsConstraintComponent", str(constraint.terms[0])
    missing = f"{context.values()}FILTER NOT EXISTS {{ ?this {other} ?value }}"
    yield Piece(missing, context.needs(), name)
    if context.shape.path is None:
        excess = f"?this {other} ?value . FILTER(!sameTerm(?value, ?this))"
    else:
        excess = f"?this {other} ?value . FILTER NOT EXISTS {{ ?this {context.path()} ?value }}"
    yield Piece(excess, frozenset({other[1:-1]}), name)


def _disjoint(context: Context, constraint: Constraint) -> Iterator[Piece]:
    other = str(constraint.terms[0])
    text = f"{context.values()}FILTER EXISTS {{ ?this {other} ?value }}"
    yield Piece(text, context.needs() | {other[1:-1]}, "DisjointConstraintComponent")


def _less(sign: str, component: str) -> Callable[[Context, Constraint], Iterator[Piece]]:
    def pieces(context: Context, constraint: Constraint) -> Iterator[Piece]:
        other = str(constraint.terms[0])
        text = (
            f"{context.values()}?this {other} ?other . "
            f"FILTER(!COALESCE({native('?value')} {sign} {native('?other')}, false))"
        )
        yield Piece(text, context.needs() | {other[1:-1]}, component)

    return pieces


def _has_value(context: Context, constraint: Constraint) -> Iterator[Piece]:
    term = _text(constraint.terms[0])
    if context.shape.path is None:
        text = f"FILTER(!sameTerm(?this, {term}))"
    else:
        text = f"FILTER NOT EXISTS {{ ?this {context.path()} {term} }}"
    yield Piece(text, frozenset(), "HasValueConstraintComponent", has_value=False)


def _in(context: Context, constraint: Constraint) -> Iterator[Piece]:
    same = " || ".join(f"sameTerm(?value, {_text(term)})" for term in constraint.terms)
    yield from _each(context, f"!({same or 'false'})", "InConstraintComponent")


def _closed(context: Context, constraint: Constraint) -> Iterator[Piece]:
    allowed = " , ".join(str(term) for term in constraint.terms if isinstance(term, NamedNode))
    text = f"?this ?path ?value . FILTER(?path NOT IN ({allowed}))"
    yield Piece(text, frozenset(), "ClosedConstraintComponent")


def _not(context: Context, constraint: Constraint) -> Iterator[Piece]:
    fails = context.fails(constraint.shapes[0])
    text = f"{context.values()}FILTER NOT EXISTS {{ {fails} }}"
    yield Piece(text, context.needs(), "NotConstraintComponent")


def _node(context: Context, constraint: Constraint) -> Iterator[Piece]:
    fails = context.fails(constraint.shapes[0])
    text = f"{context.values()}FILTER EXISTS {{ {fails} }}"
    yield Piece(text, context.needs(), "NodeConstraintComponent")


def _and(context: Context, constraint: Constraint) -> Iterator[Piece]:
    some = " || ".join(f"EXISTS {{ {context.fails(key)} }}" for key in constraint.shapes)
    yield from _each(context, some or "false", "AndConstraintComponent")


def _or(context: Context, constraint: Constraint) -> Iterator[Piece]:
    every = " && ".join(f"EXISTS {{ {context.fails(key)} }}" for key in constraint.shapes)
    yield from _each(context, every or "true", "OrConstraintComponent")


def _xone(context: Context, constraint: Constraint) -> Iterator[Piece]:
    count = " + ".join(f"IF(EXISTS {{ {context.fails(key)} }}, 0, 1)" for key in constraint.shapes)
    yield from _each(context, f"({count or '0'}) != 1", "XoneConstraintComponent")


def _qualified(sign: str, component: str) -> Callable[[Context, Constraint], Iterator[Piece]]:
    def pieces(context: Context, constraint: Constraint) -> Iterator[Piece]:
        count, (main, *siblings) = _number(constraint), constraint.shapes
        conforming = [f"FILTER NOT EXISTS {{ {context.fails(main, '?counted')} }}"]
        conforming += [f"FILTER EXISTS {{ {context.fails(key, '?counted')} }}" for key in siblings]
        walk = f"?this {context.path()} ?counted . {' '.join(conforming)}"
        inner = f"OPTIONAL {{ {walk} }}" if sign == "<" else walk
        needs = frozenset() if sign == "<" else context.needs()
        if count > 0 or sign == ">":
            text = _aggregate(context, inner, f"{sign} {count}")
            yield Piece(text, needs, component, has_value=False)

    return pieces


COMPONENTS: dict[str, Callable[[Context, Constraint], Iterator[Piece]]] = {
    "class": _class,
    "datatype": _datatype,
    "nodeKind": _node_kind,
    "minCount": _min_count,
    "maxCount": _max_count,
    "minExclusive": _compared(">", "MinExclusiveConstraintComponent"),
    "minInclusive": _compared(">=", "MinInclusiveConstraintComponent"),
    "maxExclusive": _compared("<", "MaxExclusiveConstraintComponent"),
    "maxInclusive": _compared("<=", "MaxInclusiveConstraintComponent"),
    "minLength": _length("<", "MinLengthConstraintComponent"),
    "maxLength": _length(">", "MaxLengthConstraintComponent"),
    "pattern": _pattern,
    "languageIn": _language_in,
    "uniqueLang": _unique_lang,
    "equals": _equals,
    "disjoint": _disjoint,
    "lessThan": _less("<", "LessThanConstraintComponent"),
    "lessThanOrEquals": _less("<=", "LessThanOrEqualsConstraintComponent"),
    "hasValue": _has_value,
    "in": _in,
    "closed": _closed,
    "not": _not,
    "node": _node,
    "and": _and,
    "or": _or,
    "xone": _xone,
    "qualifiedMinCount": _qualified("<", "QualifiedMinCountConstraintComponent"),
    "qualifiedMaxCount": _qualified(">", "QualifiedMaxCountConstraintComponent"),
}


def pieces(context: Context, constraint: Constraint) -> Iterator[Piece]:
    """Yield the violations of one constraint as patterns."""
    yield from COMPONENTS[constraint.kind](context, constraint)
