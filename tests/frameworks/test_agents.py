"""An agent, its tools, and the people around it, asked about by the questions that name them."""

import pytest

pytest.importorskip("openai")

pytestmark = pytest.mark.frameworks

LOOP = """
    import os
    from aitia import agents
    from openai import OpenAI

    client = OpenAI(base_url=os.environ["MODELS"] + "/v1", api_key="none")

    def ask(messages, **more):
        return client.chat.completions.create(model="small", messages=messages, **more)

    planner = agents.agent("planner", version="2", behalf="Ada")
    buyer = agents.agent("buyer", version="1", behalf=planner)
    shop = agents.system("tea shop", "1.0", purpose="buy tea", provider="Tea Ltd")
    with planner:
        tea = [{"role": "user", "content": "which tea is the best"}]
        tools = [{"type": "function", "function": {"name": "search", "parameters": {}}}]
        asked = ask(tea, tools=tools)
        call_id = asked.choices[0].message.tool_calls[0].id
        with agents.tool("search", call_id=call_id, query="tea") as call:
            call.answer("oolong")
        told = {"role": "tool", "tool_call_id": call_id, "content": "oolong"}
        answer = ask([*tea, asked.choices[0].message, told])
        plan = agents.decision("buy oolong", "buy", because=answer, kind="Automated")
        agents.review(plan, "approved", by="Grace")
        agents.handoff(buyer, message="buy it")

    @agents.tool
    def weigh(packs):
        return packs * 100

    with buyer:
        with agents.tool("order", because=plan, amount=2) as call:
            call.answer("ordered two packs of oolong")
        print(weigh(2))
    agents.feedback(answer, "wrong", by="Grace", comment="it tastes of fish, password=hunter2")
    agents.explanation([plan, answer], method="SHAP", content={"price": 0.7})
    with agents.inference("triage", record={"age": 63}, threshold=0.5) as use:
        label = use.answer("malignant", confidence=0.91)
    refer = agents.decision("refer", "malignant", because=label, affects="Mary Miller")
    agents.review(refer, "overridden", by="Dr. Lee", value="benign")
    newer = agents.system("tea shop", "1.1", purpose="buy good tea", revision_of=shop)
"""


@pytest.fixture
def recorded(observe, models):
    return observe(LOOP, MODELS=models, AITIA_PROMPTS="on")


def answers(recorded, question, *columns):
    table = recorded.graph.query(question)
    places = [table.columns.index(name) for name in columns]
    return {tuple(row[place] for place in places) for row in table.rows}


def test_decisions_and_their_causes(recorded):
    decided = answers(recorded, "decision", "name", "prediction", "confidence", "reviewer")
    assert ("buy oolong", "OOLONG", None, "Grace") in decided
    assert ("refer", "malignant", 0.91, "Dr. Lee") in decided
    causes = answers(recorded, "decision-causes", "name", "judgement", "how", "model", "agent")
    assert ("buy oolong", "wrong", "directly", "small-2026-01-01", "planner") in causes
    overridden = answers(recorded, "overrides", "name", "predicted", "decided", "reviewer")
    assert overridden == {("triage", "malignant", "benign", "Dr. Lee")}
    explained = answers(recorded, "explanations", "name", "method", "model")
    assert {(name, method) for name, method, _ in explained} == {("buy oolong", "SHAP")}
    assert any(model for _, _, model in explained)


def test_who_acted_for_whom_and_by_whose_leave(recorded):
    calls = answers(recorded, "authorisation", "name", "agent", "behalf", "verdict", "reviewer")
    assert ("order", "buyer", "planner", "approved", "Grace") in calls
    assert ("search", "planner", "Ada", None, None) in calls
    responsible = answers(recorded, "responsible", "name", "agentName", "behalf")
    assert ("buy oolong", "planner", "Ada") in responsible
    assert ("review of refer", "Dr. Lee", None) in responsible
    handed = recorded.rows(
        "?b prov:wasInformedBy ?a . ?a rdfs:label 'planner' . ?b rdfs:label 'buyer'", "?a ?b"
    )
    assert len(handed) == 1


def test_tools_their_prompts_and_what_rests_on_a_wrong_answer(recorded):
    tools = answers(recorded, "agent-tools", "agent", "tool", "prompt")
    assert ("planner", "search", "which tea is the best") in tools
    assert any(agent == "buyer" and tool == "weigh" for agent, tool, _ in tools)
    impact = answers(recorded, "answer-impact", "name")
    assert {("buy oolong",), ("order",), ("answer of order",)} <= impact


def test_systems_and_what_changed_between_their_versions(recorded):
    used = answers(recorded, "system-uses", "name", "version", "verifier")
    assert ("tea shop", "1.0", "Grace") in used
    changes = answers(recorded, "system-changes", "change", "aspect", "thing")
    assert {("added", "purpose", "buy good tea"), ("removed", "purpose", "buy tea")} <= changes


def test_whom_a_decision_concerns_is_not_named(recorded, tmp_path):
    kept = "".join(path.read_text() for path in tmp_path.glob(".aitia/journal/*/*.jsonl"))
    assert "Mary Miller" not in kept
    assert "hunter2" not in kept
    assert recorded.rows("?d aitia:affects ?w . ?w rdfs:label ?l", "?w")
