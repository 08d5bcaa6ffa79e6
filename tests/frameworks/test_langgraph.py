"""LangGraph: nodes, what they hand on, and what runs inside them."""

import pytest

pytest.importorskip("langgraph")

pytestmark = pytest.mark.frameworks

GRAPH = """
    import asyncio, operator, os
    from typing import Annotated, TypedDict
    from langgraph.graph import END, START, StateGraph
    from openai import OpenAI

    client = OpenAI(base_url=os.environ["MODELS"] + "/v1", api_key="none")

    class State(TypedDict):
        notes: Annotated[list, operator.add]

    def ask(text):
        messages = [{"role": "user", "content": text}]
        return client.chat.completions.create(model="small", messages=messages)

    def plan(state):
        return {"notes": [ask("plan a party").choices[0].message.content]}

    def shop(state):
        return {"notes": ["shopped"]}

    def bake(state):
        return {"notes": ["baked"]}

    def serve(state):
        return {"notes": [ask("serve " + state["notes"][0]).choices[0].message.content]}

    graph = StateGraph(State)
    for node in (plan, shop, bake, serve):
        graph.add_node(node.__name__, node)
    graph.add_edge(START, "plan")
    graph.add_edge("plan", "shop")
    graph.add_edge("plan", "bake")
    graph.add_edge(["shop", "bake"], "serve")
    graph.add_edge("serve", END)
    party = graph.compile()
    print(len(party.invoke({"notes": []})["notes"]))
    asyncio.run(party.ainvoke({"notes": []}))
"""


def test_nodes_are_tasks_of_the_graph_and_hand_on_to_the_next_step(observe, models):
    recorded = observe(GRAPH, MODELS=models)

    assert recorded.output.startswith("4")
    handed = recorded.rows(
        "?b prov:wasInformedBy ?a . ?a rdfs:label ?from ; aitia:partOfExecution ?g ."
        " ?b rdfs:label ?to ; aitia:partOfExecution ?g . ?g rdfs:label 'LangGraph'",
        "DISTINCT ?a ?b ?from ?to",
    )
    wanted = [("bake", "serve"), ("plan", "bake"), ("plan", "shop"), ("shop", "serve")]
    assert sorted((one, other) for _, _, one, other in handed) == sorted(wanted * 2)


def test_what_a_client_does_in_a_node_is_part_of_the_node(observe, models):
    recorded = observe(GRAPH, MODELS=models)

    inside = recorded.rows(
        "?i a aitia:Inference ; aitia:partOfExecution ?n . ?n rdfs:label ?name", "DISTINCT ?i ?name"
    )
    assert sorted(name for _, name in inside) == ["plan", "plan", "serve", "serve"]
