"""Templates of tasks say what the mapper says, and there are none where that is not sure."""

import pytest

from aitia.ingest.forms import Brief, Forms
from aitia.ingest.mapping import Mapper
from aitia.ingest.placement import Origin
from aitia.ingest.triples import to_nquads
from aitia.records import Ended, Ref, Started, Typed

RUN = "11111111-2222-4333-8444-555555555555"
T0 = 1_790_000_000_000_000_000


def mapper(recorder="aitia"):
    return Mapper(RUN, Origin(recorder, "0.1.0"))


def brief(name, used, made, took=1_500_000_000):
    node = f"<urn:uuid:{RUN}#w.{name}>"
    begun = Started(name, "step", T0, used=used)
    return Brief(node, "w", begun, Ended(name, T0 + took, generated=made), (0, 1))


def mapped(one):
    made = mapper()
    told = [*made.map(one.begun, one.scope, 0), *made.map(one.ended, one.scope, 1)]
    return to_nquads([*told, *made.settle(one.node).triples], made.graph)


@pytest.mark.parametrize("value", [1, -0.0, True, "100 %s", 'a "b"\n', Typed("NaN", "xsd:double")])
def test_a_template_says_what_the_mapper_says(value):
    forms = Forms(mapper())
    first, other = brief("1", {"a b": 1}, {"y": 2}), brief("2", {"a b": value}, {"y": value}, 7)
    form = forms.of(first, forms.texts(first))

    assert form is forms.of(other, forms.texts(other))
    assert form is not None
    for one in (first, other):
        lines = form.nquads(forms.texts(one), "").encode().splitlines()
        assert sorted(lines) == mapped(one).splitlines()
        said = form.said(forms.texts(one), "", (5, 6))
        assert {index for index, _ in said.told} == {5, 6}
        assert to_nquads([*(t for _, t in said.told), *said.follows], mapper().graph) == mapped(one)


def test_the_node_that_a_task_ran_on_is_said():
    forms = Forms(mapper())
    one = brief("1", {}, {})
    form = forms.of(one, forms.texts(one))

    where = f"<urn:uuid:{RUN}#n1>"
    more = form.nquads(forms.texts(one), where).removeprefix(form.nquads(forms.texts(one), ""))
    assert more.startswith(f"{one.node} <https://w3id.org/aitia/ns#ranOn> {where} <")


@pytest.mark.parametrize(
    "record",
    [
        Started("1", "step", T0, used={"model": Ref("e1")}),
        Started("1", "step", T0, used={"x": Typed("1", "nothing:known")}),
        Started("urn:x:1", "step", T0),
        Started("1", "step", T0, type="aitia:Nothing"),
    ],
)
def test_a_start_that_asks_for_more_has_no_template(record):
    assert not Forms(mapper()).begins(record)
    assert Forms(mapper()).begins(Started("1", "step", T0)) == "<https://w3id.org/aitia/ns#TaskRun>"
    assert not Forms(mapper("importer")).begins(Started("1", "step", T0))


@pytest.mark.parametrize(
    "record",
    [
        Ended("1", None),
        Ended("1", T0, "Odd"),
        Ended("1", T0, "Failed", "it broke"),
        Ended("1", T0, generated={"model": Ref("e1")}),
        Ended("1", T0, attributes={"aitia:cpuSeconds": 1.0}),
    ],
)
def test_an_end_that_asks_for_more_has_no_template(record):
    assert not Forms.ends(record)
    assert Forms.ends(Ended("1", T0))
