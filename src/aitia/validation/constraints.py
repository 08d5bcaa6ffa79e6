"""Each constraint component of SHACL Core (§4) as the SPARQL pattern of its violations.

A pattern is joined to ``?this`` being a focus node, and binds ``?value`` where SHACL says that the
result has one. It is uncorrelated with anything else, so that aggregates mean what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from aitia.validation.conformance import Failing
from aitia.validation.facts import Guard, kinds_from, node_kinds
from aitia.validation.paths import Predicate, needed, sparql
from aitia.validation.shapes import SH, Constraint, Shape, Term
from aitia.validation.terms import FOCUS, encode, held, native, of_datatype

_NO_NUMBER = 1 << 62


class Piece(NamedTuple):
    """The violations of one constraint.

    ``text`` is the pattern; ``guard`` says when it can match; ``component`` is the component's
    local name; ``classes`` those whose instances must be known; ``has_value`` whether the result
    has a value.
    """

    text: str
    guard: Guard
    component: str
    classes: frozenset[str] = frozenset()
    has_value: bool = True


class Context(NamedTuple):
    """What a pattern may depend on: a shape, the pattern of its focus nodes, and other shapes.

    ``fails`` gives, for a shape and a variable, the expression that the node fails it, and the
    classes that it asks for.
    """

    shape: Shape
    focus: str
    fails: Callable[[str, str], Failing]

    def path(self) -> str:
        """Return the SPARQL text of the path, which only property shapes have."""
        return sparql(self.shape.path) if self.shape.path is not None else ""

    def predicate(self) -> str:
        """Return the property, when the path is just that."""
        return self.shape.path.iri if isinstance(self.shape.path, Predicate) else ""

    def values(self, variable: str = "?value") -> str:
        """Return the pattern that binds the value nodes."""
        if self.shape.path is None:
            return f"BIND(?this AS {variable}) "
        return f"?this {self.path()} {variable} . "

    def guard(self, *more: str) -> Guard:
        """Return that there must be value nodes, and other properties too."""
        found = frozenset() if self.shape.path is None else needed(self.shape.path)
        return Guard(found.union(more))


def _each(context: Context, condition: str, component: str) -> Iterator[Piece]:
    yield Piece(f"{context.values()}FILTER({condition})", context.guard(), component)


def _among(context: Context, good: str, component: str, kinds: frozenset[str] | None) -> Piece:
    guard = context.guard()
    if kinds is not None and context.predicate():
        guard = guard._replace(beside=(context.predicate(), kinds))
    return Piece(f"{context.values()}FILTER(!({good}))", guard, component)


def _text(term: Term) -> str:
    return str(encode(term))


def _class(context: Context, constraint: Constraint) -> Iterator[Piece]:
    wanted = str(constraint.terms[0])[1:-1]
    text = f"{context.values()}FILTER NOT EXISTS {{ {held(FOCUS, wanted, '?value')} }}"
    yield Piece(text, context.guard(), "ClassConstraintComponent", frozenset({wanted}))


def _datatype(context: Context, constraint: Constraint) -> Iterator[Piece]:
    wanted = str(constraint.terms[0])[1:-1]
    good = of_datatype(wanted, "?value")
    yield _among(context, good, "DatatypeConstraintComponent", frozenset({wanted}))


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
    yield _among(context, _KINDS[kind], "NodeKindConstraintComponent", node_kinds(kind))


def _number(constraint: Constraint) -> int:
    """Return the whole number that a constraint gives, rounded up where it gives a fraction."""
    term = constraint.terms[0]
    try:
        return ceil(float(term.value)) if isinstance(term, Literal) else 0
    except (ValueError, OverflowError):
        return _NO_NUMBER


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
    guard = Guard(lacks=context.predicate() if least == 1 else "")
    if least > 0:
        yield Piece(text, guard, "MinCountConstraintComponent", has_value=False)


def _max_count(context: Context, constraint: Constraint) -> Iterator[Piece]:
    most, path = _number(constraint), context.path()
    if most == 0:
        text = f"FILTER EXISTS {{ ?this {path} ?counted }}"
    elif most == 1:
        pair = f"?this {path} ?one . ?this {path} ?other . FILTER(!sameTerm(?one, ?other))"
        text = f"FILTER EXISTS {{ {pair} }}"
    else:
        text = _aggregate(context, f"?this {path} ?counted", f"> {most}")
    guard = context.guard()._replace(repeats=context.predicate() if most > 0 else "")
    yield Piece(text, guard, "MaxCountConstraintComponent", has_value=False)


def _compared(sign: str, component: str) -> Callable[[Context, Constraint], Iterator[Piece]]:
    def pieces(context: Context, constraint: Constraint) -> Iterator[Piece]:
        good = f"COALESCE({native('?value')} {sign} {constraint.terms[0]}, false)"
        kinds = kinds_from(_number(constraint)) if sign == ">=" else None
        yield _among(context, good, component, kinds)

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
    yield Piece(text, context.guard(), "UniqueLangConstraintComponent", has_value=False)


def _equals(context: Context, constraint: Constraint) -> Iterator[Piece]:
    name, other = "EqualsConstraintComponent", str(constraint.terms[0])
    missing = f"{context.values()}FILTER NOT EXISTS {{ ?this {other} ?value }}"
    yield Piece(missing, context.guard(), name)
    if context.shape.path is None:
        excess = f"?this {other} ?value . FILTER(!sameTerm(?value, ?this))"
    else:
        excess = f"?this {other} ?value . FILTER NOT EXISTS {{ ?this {context.path()} ?value }}"
    yield Piece(excess, Guard(frozenset({other[1:-1]})), name)


def _disjoint(context: Context, constraint: Constraint) -> Iterator[Piece]:
    other = str(constraint.terms[0])
    text = f"{context.values()}FILTER EXISTS {{ ?this {other} ?value }}"
    yield Piece(text, context.guard(other[1:-1]), "DisjointConstraintComponent")


def _less(sign: str, component: str) -> Callable[[Context, Constraint], Iterator[Piece]]:
    def pieces(context: Context, constraint: Constraint) -> Iterator[Piece]:
        other = str(constraint.terms[0])
        text = (
            f"{context.values()}?this {other} ?other . "
            f"FILTER(!COALESCE({native('?value')} {sign} {native('?other')}, false))"
        )
        yield Piece(text, context.guard(other[1:-1]), component)

    return pieces


def _has_value(context: Context, constraint: Constraint) -> Iterator[Piece]:
    term = _text(constraint.terms[0])
    if context.shape.path is None:
        text = f"FILTER(!sameTerm(?this, {term}))"
    else:
        text = f"FILTER NOT EXISTS {{ ?this {context.path()} {term} }}"
    yield Piece(text, Guard(), "HasValueConstraintComponent", has_value=False)


def _in(context: Context, constraint: Constraint) -> Iterator[Piece]:
    same = " || ".join(f"sameTerm(?value, {_text(term)})" for term in constraint.terms)
    yield from _each(context, f"!({same or 'false'})", "InConstraintComponent")


def _closed(context: Context, constraint: Constraint) -> Iterator[Piece]:
    allowed = " , ".join(str(term) for term in constraint.terms if isinstance(term, NamedNode))
    text = f"?this ?path ?value . FILTER(?path NOT IN ({allowed}))"
    yield Piece(text, Guard(), "ClosedConstraintComponent")


def _judged(context: Context, condition: str, component: str, keys: tuple[str, ...]) -> Piece:
    """Return the values of which ``condition`` holds, its fields filled with who fails what."""
    failing = [context.fails(key, "?value") for key in keys]
    text = condition.format(*(one.expression for one in failing))
    classes = frozenset().union(*(one.classes for one in failing))
    return Piece(f"{context.values()}FILTER({text})", context.guard(), component, classes)


def _or(context: Context, constraint: Constraint) -> Iterator[Piece]:
    condition = " && ".join("{}" for _ in constraint.shapes) or "true"
    piece = _judged(context, condition, "OrConstraintComponent", constraint.shapes)
    kinds = frozenset().union(*(context.fails(key, "?value").kinds for key in constraint.shapes))
    if kinds and context.predicate():
        piece = piece._replace(guard=piece.guard._replace(beside=(context.predicate(), kinds)))
    yield piece


def _not(context: Context, constraint: Constraint) -> Iterator[Piece]:
    yield _judged(context, "!{}", "NotConstraintComponent", constraint.shapes)


def _node(context: Context, constraint: Constraint) -> Iterator[Piece]:
    yield _judged(context, "{}", "NodeConstraintComponent", constraint.shapes)


def _and(context: Context, constraint: Constraint) -> Iterator[Piece]:
    condition = " || ".join("{}" for _ in constraint.shapes) or "false"
    yield _judged(context, condition, "AndConstraintComponent", constraint.shapes)


def _xone(context: Context, constraint: Constraint) -> Iterator[Piece]:
    count = " + ".join("IF({}, 0, 1)" for _ in constraint.shapes) or "0"
    yield _judged(context, f"({count}) != 1", "XoneConstraintComponent", constraint.shapes)


def _qualified(sign: str, component: str) -> Callable[[Context, Constraint], Iterator[Piece]]:
    def pieces(context: Context, constraint: Constraint) -> Iterator[Piece]:
        count = _number(constraint)
        if count == 0 and sign == "<":
            return
        failing = [context.fails(key, "?counted") for key in constraint.shapes]
        conditions = [f"!{failing[0].expression}", *(one.expression for one in failing[1:])]
        walk = f"?this {context.path()} ?counted . FILTER({' && '.join(conditions)})"
        inner, guard = (
            (f"OPTIONAL {{ {walk} }}", Guard()) if sign == "<" else (walk, context.guard())
        )
        text = _aggregate(context, inner, f"{sign} {count}")
        classes = frozenset().union(*(one.classes for one in failing))
        yield Piece(text, guard, component, classes, has_value=False)

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
