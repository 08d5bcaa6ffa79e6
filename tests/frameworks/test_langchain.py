"""LangChain with models that run in the process, and with one that asks a local server."""

import pytest

pytest.importorskip("langchain_core")

pytestmark = pytest.mark.frameworks

HEAD = """
    import asyncio, os
    from concurrent.futures import ThreadPoolExecutor
    import aitia
    from langchain_core.documents import Document
    from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import RunnableLambda, RunnableParallel
    from langchain_core.tools import tool

    model = GenericFakeChatModel(messages=iter([AIMessage(f"answer {i}") for i in range(20)]))
    prompt = ChatPromptTemplate.from_messages([("system", "be brief"), ("human", "{question}")])
    chain = prompt | model | StrOutputParser()
"""
INSIDE = (
    "?i a aitia:Inference ; aitia:partOfExecution ?c . ?c rdfs:label 'RunnableSequence' ."
    " OPTIONAL { ?c aitia:partOfExecution ?p . ?p rdfs:label ?around }"
)

CHAINS = (
    HEAD
    + """
    chain.invoke({"question": "what is tea"})
    for part in chain.stream({"question": "what is tea"}):
        pass
    RunnableParallel(a=chain, b=chain).invoke({"question": "both"})
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda i: chain.invoke({"question": f"thread {i}"}), range(2)))

    async def main():
        async def ask(number):
            with aitia.task(f"ask {number}"):
                return await chain.ainvoke({"question": f"number {number}"})

        await asyncio.gather(*map(ask, range(3)))
        async for part in chain.astream({"question": "what is tea"}):
            pass

    asyncio.run(main())

    def fail(given):
        raise ValueError("no")

    try:
        RunnableLambda(fail).invoke(1)
    except ValueError:
        print("failed")
"""
)


def test_what_is_part_of_what_holds_in_threads_and_asyncio(observe):
    recorded = observe(CHAINS)

    rows = recorded.rows(INSIDE, "DISTINCT ?i ?c ?around")
    assert len({i for i, _, _ in rows}) == len({c for _, c, _ in rows}) == 10
    around = sorted(str(name) for _, _, name in rows)
    assert around[:5] == ["RunnableParallel<a,b>"] * 2 + ["ask 0", "ask 1", "ask 2"]
    failed = recorded.rows("?t rdfs:label ?n ; aitia:status aitia:Failed", "?n")
    assert failed == [("fail",)]


def test_a_prompt_is_the_same_thing_however_it_was_sent(observe):
    recorded = observe(CHAINS)

    rows = recorded.rows("?i a aitia:Inference ; aitia:usedPrompt ?p", "DISTINCT ?i ?p")
    assert len(rows) == 10
    assert len({p for _, p in rows}) == 7
    ended = recorded.rows("?a a aitia:Prediction ; prov:wasGeneratedBy ?i", "DISTINCT ?a")
    assert len(ended) == 10


UNREADABLE = (
    HEAD
    + """
    from langchain_core.exceptions import OutputParserException
    from langchain_core.output_parsers import JsonOutputParser

    try:
        (prompt | model | JsonOutputParser()).invoke({"question": "what is tea"})
    except OutputParserException as error:
        print(error)
"""
)


def test_an_error_that_quotes_an_answer_is_told_by_its_type(observe, tmp_path):
    recorded = observe(UNREADABLE)

    assert "answer 0" in recorded.output
    errors = recorded.rows("?t aitia:errorMessage ?e", "DISTINCT ?e")
    assert errors == [("OutputParserException",)]
    kept = "".join(path.read_text() for path in tmp_path.glob(".aitia/journal/*/*.jsonl"))
    assert "answer 0" not in kept


TOOLS = (
    HEAD
    + """
    class Library(BaseRetriever):
        def _get_relevant_documents(self, query, *, run_manager):
            return [Document("tea is a plant that grows in warm and wet hills of many lands")]

    @tool
    def search(query: str) -> str:
        "Look a thing up."
        with aitia.task("inside"):
            return "oolong costs four euros"

    found = Library().invoke("what is tea")
    chain.invoke({"question": "use this: " + found[0].page_content})
    asked = AIMessage("", tool_calls=[{"id": "call_1", "name": "search", "args": {"query": "tea"}}])
    asking = GenericFakeChatModel(messages=iter([asked]))
    call = asking.invoke("which tea").tool_calls[0]
    chain.invoke({"question": search.invoke(call).content})
"""
)


def test_tools_and_retrievers_lead_to_the_prompts_that_hold_what_they_found(observe, tmp_path):
    recorded = observe(TOOLS)

    rows = recorded.rows(
        "?p a aitia:Prompt ; prov:wasDerivedFrom ?found . ?found prov:wasGeneratedBy ?t ."
        " ?t rdfs:label ?name",
        "DISTINCT ?p ?name",
    )
    assert sorted(name for _, name in rows) == ["Library", "search"]
    rows = recorded.rows(
        "?t a aitia:ToolInvocation ; aitia:usedTool ?tool ; prov:used ?a . ?tool rdfs:label ?name ."
        " ?a a aitia:Prediction ; prov:wasGeneratedBy/aitia:usedPrompt ?p ."
        " ?inner rdfs:label 'inside' ; aitia:partOfExecution ?t",
        "DISTINCT ?name",
    )
    assert rows == [("search",)]
    kept = "".join(path.read_text() for path in tmp_path.glob(".aitia/journal/*/*.jsonl"))
    assert "oolong" not in kept
    assert "wet hills" not in kept


CLIENT = """
    import asyncio, os
    from langchain_openai import ChatOpenAI
    from openai import OpenAI

    base = os.environ["MODELS"] + "/v1"
    model = ChatOpenAI(model="small", base_url=base, api_key="none", temperature=0.1)
    print(model.invoke("name a good tea, fail=1").content)
    own = OpenAI(base_url=base, api_key="none")
    for part in model.stream("stream a tea"):
        own.chat.completions.create(model="small", messages=[{"role": "user", "content": "own"}])
        break
    asyncio.run(model.ainvoke("name a good tea at once"))
"""


def test_a_model_that_calls_by_an_observed_client_is_recorded_once(observe, models):
    pytest.importorskip("langchain_openai")
    recorded = observe(CLIENT, MODELS=models)

    names = [name for _, name in recorded.rows("?i a aitia:Inference ; rdfs:label ?n", "?i ?n")]
    assert sorted(names) == ["chat small"] * 3 + ["chat.completions small"]
    assert recorded.rows('?o rdfs:label "retries" ; prov:value ?n', "?n") == [(1,)]
    rows = recorded.rows(
        "?i aitia:inputTokenCount ?in ; aitia:usedModel/rdfs:label ?m ; rdfs:label 'chat small'",
        "DISTINCT ?in ?m",
    )
    assert rows == [(11, "small-2026-01-01")]
