import pytest

from aitia.query.facts import facts

RUN = "urn:uuid:0b9c1f0e-1111-4222-8333-444455556666"
KEY = "r_0b9c1f0e_1111_4222_8333_444455556666"
GRAPH = "urn:uuid:0b9c1f0e-1111-4222-8333-444455556666#bundle"
NAMES = [f"layer/{i:03}" for i in range(30)]


@pytest.fixture
def store(keep):
    """A run with 30 quantities of the experiment more, and 5 of the machine."""
    store = keep(**{KEY: {"name": "sweep"}})
    ns, kept = "https://w3id.org/aitia/", store.dump(GRAPH).decode()
    lines = []
    for kind, names in (("LearningCurve", NAMES), ("Series", [f"gpu/{i}" for i in range(5)])):
        for name in reversed(names):
            here = f"<{RUN}#series/{name.replace('/', '-')}>"
            quantity = f"<{ns}quantity/{name.replace('/', '%2F')}>"
            lines += [
                f"{here} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{ns}ns#{kind}>",
                f"{here} <{ns}ns#measuresQuantity> {quantity}",
                f"{here} <{ns}ns#aboutSubject> <{RUN}>",
                f'{quantity} <{ns}ns#unitCode> "J"',
            ]
    store.replace({GRAPH: (kept + "".join(f"{one} <{GRAPH}> .\n" for one in lines)).encode()})
    return store


def test_the_first_of_many_metrics_are_read_and_the_others_counted(store):
    whole, some = facts(store, RUN), facts(store, RUN, most=10)
    assert whole.unread == 0
    layers = [m for m in whole.metrics if m.quantity in NAMES]
    assert len(layers) == 30
    machine = [m for m in whole.metrics if m.kind == "aitia:Series"]
    experiment = [m for m in whole.metrics if m.kind != "aitia:Series"]
    found = [m for m in some.metrics if m.kind != "aitia:Series"]
    assert len(found) == 10
    assert some.unread == len(experiment) - 10
    assert set(found) < set(experiment)
    # Those of the machine are few, and are all there.
    assert [m for m in some.metrics if m.kind == "aitia:Series"] == machine


def test_a_name_is_as_it_was_given_and_the_unit_is_with_it(store):
    found = {m.quantity: m for m in facts(store, RUN).metrics}
    assert found["layer/000"].unit == "J"
    assert found["gpu/4"].kind == "aitia:Series"
