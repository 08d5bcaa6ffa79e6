import asyncio

import pytest

import aitia
from aitia import agents
from aitia.errors import VocabularyError
from aitia.records import (
    Associated,
    Attributed,
    Delegated,
    Derived,
    Ended,
    Entity,
    Generated,
    Informed,
    Started,
    Used,
)


@pytest.fixture(autouse=True)
def _settings(tmp_path, monkeypatch):
    monkeypatch.setenv("AITIA_DIR", str(tmp_path))


def of(records, kind):
    return [record for record in records.of(Entity) if record.type == kind]


def test_the_door_leads_to_the_module() -> None:
    assert aitia.agents is agents
    assert all(callable(getattr(agents, name)) for name in agents.__all__)


def test_what_an_agent_does_is_associated_with_it(observe) -> None:
    with observe() as observed:
        planner = agents.agent("planner", version="2", behalf="Ada", role="planner")
        with planner, agents.tool("search", query="tea") as call:
            call.answer("oolong")
    (agent,) = of(observed.records, "aitia:AIAgent")
    assert agent.attributes == {"aitia:versionLabel": "2"}
    assert {(r.activity, r.agent) for r in observed.records.of(Associated)} == {
        ("1", agent.id),
        ("2", agent.id),
    }
    (person,) = of(observed.records, "prov:Person")
    assert [(r.delegate, r.responsible) for r in observed.records.of(Delegated)] == [
        (agent.id, person.id)
    ]
    started = {r.name: r for r in observed.records.of(Started)}
    assert started["search"].type == "aitia:ToolInvocation"
    assert started["search"].used == {"query": "3 characters"}


def test_an_agent_is_the_same_in_two_runs(observe) -> None:
    planner = agents.agent("planner", version="2")
    with observe() as observed:
        with planner:
            pass
        with observed.another("second"), planner:
            pass
    first, second = of(observed.records, "aitia:AIAgent")
    assert first.id == second.id


def test_a_tool_is_a_function_still(observe) -> None:
    @agents.tool
    def double(number, api_key="none"):
        """Double a number.

        And more.
        """
        return number * 2

    @agents.tool("other")
    async def later(number):
        return number

    with observe() as observed:
        assert double(2, api_key="secret") == 4
        assert asyncio.run(later(3)) == 3
        with pytest.raises(TypeError):
            double()
    assert double.__name__ == "double"
    assert asyncio.iscoroutinefunction(later)
    started = observed.records.of(Started)
    assert [r.name for r in started] == ["double", "other", "double"]
    assert started[0].used == {"number": 2, "api_key": "***"}
    tools = of(observed.records, "aitia:Tool")
    assert tools[0].attributes == {"rdfs:comment": "Double a number."}
    assert [r.status for r in observed.records.of(Ended)] == ["Completed", "Completed", "Failed"]


def test_work_that_is_handed_on_informs_what_the_other_does(observe) -> None:
    buyer = agents.agent("buyer")
    with observe() as observed:
        with agents.agent("planner"):
            note = agents.handoff(buyer, message="buy it")
        with buyer:
            pass
        with buyer:
            pass
    run = observed.run.id
    assert [(r.informed, r.informant) for r in observed.records.of(Informed)] == [
        ("2", f"urn:uuid:{run}#1")
    ]
    assert [r.activity for r in observed.records.of(Used) if r.entity == note.id] == ["2"]


def test_a_decision_rests_on_predictions_and_other_things(observe) -> None:
    with observe() as observed:
        with agents.inference("net", record={"age": 3}, threshold=0.5) as use:
            label = use.answer("ill", confidence=0.9)
        data = aitia.make(Data())
        decided = agents.decision("treat", "yes", because=[label, data, 7], affects="Mary")
    relations = {(r.relation) for r in observed.records.of(Derived) if r.derived == decided.id}
    assert relations == {"aitia:basedOnPrediction", "prov:wasDerivedFrom"}
    assert decided.basis == [label.id]
    (prediction,) = of(observed.records, "aitia:Prediction")
    assert prediction.attributes == {"prov:value": "ill", "aitia:confidence": 0.9}
    assert len(of(observed.records, "aitia:DataRecord")) == 1
    assert "Mary" not in str(list(observed.records))


class Data:
    pass


def test_an_override_is_a_decision_of_the_person(observe) -> None:
    with observe() as observed:
        with agents.inference("net") as use:
            label = use.answer("ill")
        decided = agents.decision("treat", "ill", because=label)
        instead = agents.review(decided, "overridden", by="Dr. Lee", value="well")
        agents.review(label, "wrong", by="Dr. Lee", comment="it is wrong, password=hunter2")
    assert instead.basis == [label.id]
    links = {
        (r.relation, r.source) for r in observed.records.of(Derived) if r.derived == instead.id
    }
    assert links == {
        ("aitia:basedOnPrediction", label.id),
        ("prov:wasRevisionOf", decided.id),
    }
    reviews = [r.id for r in observed.records.of(Started) if r.type == "aitia:HumanReview"]
    made = [r for r in observed.records.of(Generated) if r.entity == instead.id]
    assert [r.activity for r in made] == reviews[:1]
    first, second = of(observed.records, "aitia:Feedback")
    assert first.attributes == {"prov:value": "overridden"}
    assert second.attributes["rdfs:comment"] == "it is wrong, password=***"
    assert len(of(observed.records, "prov:Person")) == 1


def test_ratings_explanations_and_systems(observe) -> None:
    with observe() as observed:
        decided = agents.decision("go on", "continue")
        agents.feedback(decided, 4, by=agents.agent("judge"))
        agents.explanation(decided, method="SHAP", content=[0.1, 0.9])
        old = agents.system("triage", "1", purpose="help", provider="Ltd")
        agents.system("triage", "2", parts=[decided], revision_of=old)
    (feedback,) = of(observed.records, "aitia:Feedback")
    assert feedback.attributes["prov:value"] == 4
    assert "Rating" in str(feedback.attributes["aitia:feedbackKind"])
    (explained,) = of(observed.records, "aitia:Explanation")
    assert [r.source for r in observed.records.of(Derived) if r.derived == explained.id] == [
        decided.id
    ]
    one, two = of(observed.records, "aitia:AISystem")
    assert (two.id, one.id, "prov:wasRevisionOf") in {
        (r.derived, r.source, r.relation) for r in observed.records.of(Derived)
    }
    assert any(r.role == "provider" for r in observed.records.of(Attributed))


def test_a_system_is_documented_in_words(observe) -> None:
    with observe() as observed:
        agents.system("triage", "2", market_form="API", cybersecurity_measure=["TLS", "audit"])
        with pytest.raises(VocabularyError, match="market_from"):
            agents.system("triage", "3", market_from="API")
    (system,) = of(observed.records, "aitia:AISystem")
    assert system.attributes["aitia:marketForm"] == "API"
    assert list(system.attributes["aitia:cybersecurityMeasure"]) == ["TLS", "audit"]


def test_a_long_text_is_no_value(observe) -> None:
    with observe() as observed:
        agents.decision("answer", "x" * 65)
        agents.decision("answer", "x" * 64)
    values = [str(r.attributes["prov:value"]) for r in of(observed.records, "aitia:Decision")]
    assert values[0].startswith("sha256:")
    assert values[1] == "x" * 64


def test_without_a_run_nothing_happens() -> None:
    decided = agents.decision("go on", "continue", because="what nobody said before")
    agents.review(decided, "approved", by="Grace")
    with agents.agent("planner"), agents.tool("search") as call:
        call.answer("x")
    with agents.inference("net") as use:
        use.answer(1)
    assert decided.id == ""
