"""The real client of the Anthropic-style API against a local server."""

import pytest

pytest.importorskip("anthropic")

pytestmark = pytest.mark.frameworks

MESSAGES = """
    import asyncio, os
    from anthropic import Anthropic, AsyncAnthropic

    client = Anthropic(base_url=os.environ["MODELS"], api_key="sk-ant-abcdefghijklmnop")
    tea = [{"role": "user", "content": "name a good tea"}]
    asked = dict(model="large", max_tokens=9, messages=tea)
    client.messages.create(**asked, system="be kind", extra_body={"temperature": 0.5})
    tools = [{"name": "search", "input_schema": {"type": "object"}}]
    first = client.messages.create(**asked, tools=tools)
    told = {"type": "tool_result", "tool_use_id": first.content[0].id, "content": "oolong"}
    asked["messages"] = [
        *tea, {"role": "assistant", "content": first.content}, {"role": "user", "content": [told]}
    ]
    client.messages.create(**asked, tools=tools)
    asked["messages"] = tea
    with client.messages.stream(**asked) as stream:
        print("".join(stream.text_stream))
    for event in client.messages.create(**asked, tools=tools, stream=True):
        pass

    async def main():
        client = AsyncAnthropic(base_url=os.environ["MODELS"], api_key="none")
        busy = [{"role": "user", "content": "fail=1 later"}]
        await client.messages.create(model="large", max_tokens=9, messages=busy)
        async with client.messages.stream(**asked) as stream:
            async for event in stream:
                pass
        async for event in await client.messages.create(**asked, stream=True):
            break
        del event

    asyncio.run(main())
"""


@pytest.fixture
def recorded(observe, models):
    return observe(MESSAGES, MODELS=models)


def test_messages_are_inferences_in_all_ways_of_calling(recorded):
    assert "NAME A GOOD TEA" in recorded.output
    rows = recorded.rows("?i a aitia:Inference ; aitia:status ?state", "DISTINCT ?i ?state")
    left = [state for _, state in rows if state.endswith("Cancelled")]
    assert (len(rows), len(left)) == (8, 1)
    ((given, made, temperature),) = recorded.rows(
        "?i aitia:samplingTemperature ?t ; aitia:inputTokenCount ?in ; aitia:outputTokenCount ?out",
        "DISTINCT ?in ?out ?t",
    )
    assert (given, made, temperature) == (10, 4, 0.5)
    reasons = {r for (r,) in recorded.rows('?o rdfs:label "finish_reason" ; prov:value ?r', "?r")}
    assert reasons == {"end_turn", "tool_use"}
    assert recorded.rows('?o rdfs:label "retries" ; prov:value ?n', "?n") == [(1,)]


def test_a_result_of_a_tool_leads_from_the_answer_that_asked_for_it(recorded):
    rows = recorded.rows(
        "?p a aitia:Prompt ; prov:wasDerivedFrom ?a . ?a a aitia:Prediction", "DISTINCT ?p ?a"
    )
    assert len(rows) == 1


def test_nothing_of_the_texts_is_kept(recorded, tmp_path):
    kept = "".join(path.read_text() for path in tmp_path.glob(".aitia/journal/*/*.jsonl"))
    for word in ("good tea", "GOOD TEA", "be kind", "oolong", "sk-ant"):
        assert word not in kept
