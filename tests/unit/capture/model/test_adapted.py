import pytest

from aitia.capture.model import adapted
from aitia.capture.model.adapted import Adapted
from aitia.capture.scopes import CurrentScope
from aitia.records import Entity, Ref

pytestmark = pytest.mark.frameworks


class Net:
    """A module, of which only the identity matters."""


def test_each_state_of_an_adapted_model_is_told_as_such(observe) -> None:
    scope, net = CurrentScope(), Net()
    method = Entity("scheme:adaptation-method#LoRA", "skos:Concept", "LoRA")
    with observe() as observed:
        known = adapted.KNOWN[net] = Adapted(scope.run, "e1", "e2", method, ["e3"])
        adapted.tell_again(scope, net, "e4")
        adapted.tell_again(scope, Net(), "e5")
        with observed.another("later"):
            adapted.tell_again(scope, net, "e6")
    (told,) = observed.records.of(Entity)
    assert (told.id, told.type) == ("e4", "aitia:AdaptedModel")
    assert told.attributes == {
        "aitia:adaptedFrom": Ref("e1"),
        "aitia:withAdapter": Ref("e2"),
        "aitia:adaptationMethod": Ref(method.id),
    }
    assert known.states == ["e3", "e4"]


def test_a_base_is_a_foundation_model_only_if_it_was_trained(observe) -> None:
    scope, trained, fresh = CurrentScope(), Net(), Net()
    with observe() as observed:
        adapted.trained(scope, trained, "e1")
        adapted.tell_base(scope, fresh, "e2")
        adapted.tell_base(scope, trained, "e9")
        assert not observed.records.of(Entity)
        adapted.tell_base(scope, trained, "e1")
    assert [(e.id, e.type) for e in observed.records.of(Entity)] == [
        ("e1", "aitia:FoundationModel")
    ]
