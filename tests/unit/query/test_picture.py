import pytest

from aitia.query.facts import bundles
from aitia.query.picture import MOST, picture

RUN = "urn:uuid:0b9c1f0e-1111-4222-8333-444455556666"
KEY = "r_0b9c1f0e_1111_4222_8333_444455556666"


def _picture(keep, **options):
    store = keep(**{KEY: {"name": "sweep", **options}})
    return picture(store, RUN, bundles(store, RUN))


def _lines(found):
    names = {node.id: node.label for node in found.nodes}
    return {(names[e.source], names[e.target], e.label) for e in found.edges}


def test_data_flows_from_what_was_used_to_what_was_made(keep):
    assert _lines(_picture(keep)) == {
        ("digits.npz", "split", "data"),
        ("split", "training split", "train"),
        ("training split", "fit 0", "X"),
        ("training split", "fit 1", "X"),
        ("fit 0", "model-0.npz", "model"),
        ("fit 1", "model-1.npz", "model"),
        ("Ada", "sweep", "responsible for"),
    }


def test_machines_settings_numbers_and_software_are_left_out(keep):
    labels = {node.label for node in _picture(keep).nodes}
    assert not labels & {"node-1", "3 packages", "numpy", "ratio", "rows", "loss", "cpu_percent"}


def test_kinds_and_the_run_itself(keep):
    nodes = {node.label: node for node in _picture(keep).nodes}
    assert nodes["Ada"].kind == "agent"
    assert nodes["split"].kind == "activity"
    assert nodes["digits.npz"].kind == "entity"
    assert [n.label for n in nodes.values() if n.strong] == ["sweep"]
    assert nodes["fit 0"].detail == "TrainingRun · 100 ms"


def test_boxes_of_one_name_become_one_when_there_are_too_many(keep):
    found = _picture(keep, fits=MOST)
    lines = _lines(found)
    assert ("training split", f"fit × {MOST}", "X") in lines
    assert (f"fit × {MOST}", f"model.npz × {MOST}", "model") in lines
    assert len(found.nodes) == 7
    assert "drawn as one" in found.caption


def test_boxes_come_in_natural_order(keep):
    fits = [n.label for n in _picture(keep, fits=12).nodes if n.label.startswith("fit")]
    assert fits == [f"fit {i}" for i in range(12)]


def test_an_address_is_given_to_content_alone(keep):
    store = keep(**{KEY: {"name": "sweep"}})
    found = picture(store, RUN, bundles(store, RUN), href="/thing?iri={}")
    linked = [node.label for node in found.nodes if node.href]
    assert linked == ["digits.npz"]


def test_the_picture_is_an_svg_and_the_same_each_time(keep):
    one, other = _picture(keep), _picture(keep)
    assert one == other
    assert one.svg("a title").startswith("<svg")
    assert "a title" in one.svg("a title")


@pytest.mark.parametrize("graphs", [(), ("urn:none",)])
def test_nothing_is_drawn_of_nothing(keep, graphs):
    found = picture(keep(), RUN, graphs)
    assert not found.edges
