"""The real client of OpenAI-style APIs against a local server: plain, asynchronous, streams."""

import pytest

pytest.importorskip("openai")

pytestmark = pytest.mark.frameworks

HEAD = """
    import asyncio, os
    import aitia
    from openai import AsyncOpenAI, BadRequestError, OpenAI

    base = os.environ["MODELS"] + "/v1"
    client = OpenAI(base_url=base, api_key="sk-abcdefghijklmnopqrstuv")
    TEA = [{"role": "user", "content": "name a good tea, password=hunter2hunter2"}]
"""

CHAT = (
    HEAD
    + """
    answer = client.chat.completions.create(
        model="small", messages=TEA, temperature=0.2, seed=3, max_tokens=9, n=2
    )
    said = answer.choices[0].message.content
    more = [*TEA, {"role": "assistant", "content": said}, {"role": "user", "content": "fail=2 why"}]
    client.chat.completions.create(model="small", messages=more)
    raw = client.chat.completions.with_raw_response.create(model="small", messages=TEA)
    print(raw.parse().choices[0].message.content)
    try:
        refused = [{"role": "user", "content": "refuse password=hunter2hunter2"}]
        client.chat.completions.create(model="small", messages=refused)
    except BadRequestError:
        print("refused")
"""
)
SECRET = "hunter2hunter2"


def inferences(recorded, columns="?name"):
    return recorded.rows("?i a aitia:Inference ; rdfs:label ?name", f"DISTINCT ?i {columns}")


def journals(tmp_path) -> str:
    return "".join(path.read_text() for path in tmp_path.glob(".aitia/journal/*/*.jsonl"))


def test_a_chat_is_an_inference_with_its_prompt_model_tokens_and_answers(observe, models):
    recorded = observe(CHAT, MODELS=models)

    assert "TEA" in recorded.output
    assert len(inferences(recorded)) == 4
    ((given, made, temperature, model),) = recorded.rows(
        "?i aitia:inputTokenCount ?in ; aitia:outputTokenCount ?out ; aitia:usedModel ?m ;"
        " aitia:samplingTemperature ?t . ?m rdfs:label ?model",
        "DISTINCT ?in ?out ?t ?model",
    )
    assert (given, made, temperature, model) == (11, 5, 0.2, "small-2026-01-01")
    settings = recorded.rows(
        "?i aitia:samplingTemperature ?t ; aitia:hasSetting ?s ."
        " ?s aitia:settingName ?name ; aitia:settingValue ?value",
        "DISTINCT ?name ?value",
    )
    wanted = {("model", "small"), ("temperature", 0.2), ("seed", 3), ("max_tokens", 9), ("n", 2)}
    assert set(settings) == wanted
    answers = recorded.rows(
        "?i aitia:samplingTemperature ?t . ?a a aitia:Prediction ; prov:wasGeneratedBy ?i",
        "DISTINCT ?a",
    )
    assert len(answers) == 2


def test_retries_and_errors_are_told_and_what_was_asked_is_not(observe, models, tmp_path):
    recorded = observe(CHAT, MODELS=models)

    pattern = '?o rdfs:label "retries" ; prov:value ?n ; prov:wasGeneratedBy ?i'
    assert recorded.rows(pattern, "?n") == [(2,)]
    failed = recorded.rows("?i aitia:status aitia:Failed ; aitia:errorMessage ?e", "DISTINCT ?e")
    assert failed == [("BadRequestError: status 400",)]
    kept = journals(tmp_path)
    for word in (SECRET, "good tea", "GOOD TEA", "sk-abcdefghijkl"):
        assert word not in kept


def test_texts_are_kept_when_asked_for_and_secrets_are_not(observe, models, tmp_path):
    recorded = observe(CHAT, MODELS=models, AITIA_PROMPTS="on")

    texts = {text for (text,) in recorded.rows("?p a aitia:Prompt ; prov:value ?text", "?text")}
    assert "name a good tea, password=***" in texts
    assert SECRET not in journals(tmp_path)


def test_a_prompt_that_repeats_an_answer_derives_from_it(observe, models):
    recorded = observe(CHAT, MODELS=models)

    rows = recorded.rows(
        "?later a aitia:Prompt ; prov:wasDerivedFrom ?a . ?a a aitia:Prediction ;"
        " prov:wasGeneratedBy ?i . ?i aitia:usedPrompt ?first",
        "DISTINCT ?later ?first",
    )
    assert len(rows) == 1
    assert rows[0][0] != rows[0][1]


STREAMS = (
    HEAD
    + """
    asked = dict(model="small", messages=TEA)
    for part in client.chat.completions.create(
        **asked, stream=True, stream_options={"include_usage": True}
    ):
        pass
    for part in client.chat.completions.create(**asked, stream=True):
        break
    del part
    with client.responses.stream(model="small", input="what is tea", instructions="brief") as s:
        print(s.get_final_response().output_text)
    print(client.responses.create(model="small", input="what is tea").output_text)

    async def main():
        client = AsyncOpenAI(base_url=base, api_key="none")

        async def ask(number):
            with aitia.task("ask", number=number):
                said = [{"role": "user", "content": f"number {number}"}]
                return await client.chat.completions.create(model="small", messages=said)

        await asyncio.gather(*map(ask, range(3)))
        async for part in await client.chat.completions.create(**asked, stream=True):
            pass
        async with client.chat.completions.stream(**asked) as stream:
            async for event in stream:
                pass

    asyncio.run(main())
"""
)


def test_streams_are_added_up_and_one_that_is_left_is_cancelled(observe, models):
    recorded = observe(STREAMS, MODELS=models)

    assert recorded.output.split("\n")[0] == "WHAT IS TEA"
    states = recorded.rows("?i a aitia:Inference ; aitia:status ?state", "DISTINCT ?i ?state")
    left = [state for _, state in states if state.endswith("Cancelled")]
    assert (len(states), len(left)) == (9, 1)
    counted = recorded.rows(
        '?i rdfs:label "chat.completions small" ; aitia:inputTokenCount ?n ; aitia:hasSetting ?s .'
        ' ?s aitia:settingName "stream"',
        "DISTINCT ?i ?n",
    )
    assert [n for _, n in counted] == [11]
    responses = recorded.rows('?i rdfs:label "responses small" ; aitia:usedPrompt ?p', "?i ?p")
    assert len(dict(responses)) == 2


def test_calls_at_once_are_each_part_of_the_task_that_made_them(observe, models):
    recorded = observe(STREAMS, MODELS=models)

    rows = recorded.rows(
        '?t rdfs:label "ask" . ?i a aitia:Inference ; aitia:partOfExecution ?t', "DISTINCT ?t ?i"
    )
    assert len({t for t, _ in rows}) == len(rows) == 3


TOOLS = (
    HEAD
    + """
    tools = [{"type": "function", "function": {"name": "search", "parameters": {}}}]
    first = client.chat.completions.create(model="small", messages=TEA, tools=tools)
    message = first.choices[0].message
    told = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "oolong"}
    client.chat.completions.create(model="small", messages=[*TEA, message, told], tools=tools)
    for part in client.chat.completions.create(
        model="small", messages=TEA, tools=tools, stream=True
    ):
        pass
    print(len(client.embeddings.create(model="embed", input=["a", "bc"]).data))
"""
)


def test_tool_calls_that_were_asked_for_lead_to_the_next_prompt(observe, models):
    recorded = observe(TOOLS, MODELS=models)

    asked = recorded.rows('?o rdfs:label "tool_calls" ; prov:value ?v', "?v")
    assert len(asked) == 2
    assert all("search" in str(value) and "tea" not in str(value) for (value,) in asked)
    rows = recorded.rows(
        "?p a aitia:Prompt ; prov:wasDerivedFrom ?a . ?a a aitia:Prediction", "DISTINCT ?p"
    )
    assert len(rows) == 1


def test_embeddings_are_an_answer_with_a_shape(observe, models):
    recorded = observe(TOOLS, MODELS=models)

    shapes = recorded.rows(
        '?a a aitia:Prediction ; rdfs:label "embeddings" ; aitia:arrayShape ?s', "?s"
    )
    assert len(shapes) == 1
    assert "2" in str(shapes[0][0])


def test_costs_are_those_of_the_users_own_prices(observe, models, tmp_path):
    prices = tmp_path / "prices.toml"
    prices.write_text('currency = "EUR"\n[models.small]\ninput = 100_000\noutput = 200_000\n')
    recorded = observe(CHAT, MODELS=models, AITIA_PRICES=str(prices))

    costs = recorded.rows(
        "?m a aitia:Measurement ; aitia:aboutSubject ?i ; aitia:numericValue ?v ."
        " ?i a aitia:Inference",
        "DISTINCT ?i ?v",
    )
    assert [round(value, 6) for _, value in costs] == [2.1, 2.1, 2.1]


TWICE = (
    HEAD
    + """
    for name in ("first", "second"):
        with aitia.run(name):
            client.chat.completions.create(model="small", messages=TEA)
"""
)


def test_the_same_prompt_is_the_same_thing_in_two_runs(observe, models):
    recorded = observe(TWICE, MODELS=models)

    rows = recorded.rows(
        "?b a aitia:CaptureBundle . GRAPH ?b { ?i aitia:usedPrompt ?p }",
        "DISTINCT ?b ?p",
    )
    assert len({b for b, _ in rows}) == 2
    assert len({p for _, p in rows}) == 1


CRASH = (
    HEAD
    + """
    from pydantic import BaseModel

    class Tea(BaseModel):
        name: str

    with aitia.task("ask"):
        said = [{"role": "user", "content": "secret plan"}]
        client.chat.completions.parse(model="small", messages=said, response_format=Tea)
"""
)


def test_an_error_that_ends_the_script_does_not_tell_what_was_answered(observe, models, tmp_path):
    recorded = observe(CRASH, MODELS=models, returns=1)

    errors = {error for (error,) in recorded.rows("?a aitia:errorMessage ?error", "?error")}
    assert errors == {"ValidationError"}
    assert "SECRET PLAN" not in journals(tmp_path)
