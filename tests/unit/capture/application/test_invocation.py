import pytest

from aitia.capture.application.exchange import Answered, Asked, Choice, ToolRequest, message
from aitia.capture.application.invocation import Claim, begin
from aitia.capture.tasks import task
from aitia.records import Derived, Ended, Entity, Point, Started, Used

ASKED = Asked("chat", "small", [message("user", "which tea")], {"temperature": 0.5}, "host")


@pytest.fixture(autouse=True)
def _settings(tmp_path, monkeypatch):
    monkeypatch.setenv("AITIA_DIR", str(tmp_path))


def entities(records, kind):
    return [record for record in records.of(Entity) if record.type == kind]


def test_an_inference_from_prompt_to_answer(observe) -> None:
    with observe() as observed:
        with task("around"):
            invocation = begin(ASKED)
        choice = Choice("oolong it is", "stop", [ToolRequest("c1", "search", "{}")])
        invocation.ended(Answered([choice], "small-2", 7, 3, {"reasoning_tokens": 2}))
        invocation.failed(ValueError("late"))
    started = next(r for r in observed.records.of(Started) if r.type == "aitia:Inference")
    assert (started.name, started.parent) == ("chat small", "1")
    assert started.used == {"model": "small", "temperature": 0.5}
    (ended,) = [r for r in observed.records.of(Ended) if r.id == started.id]
    assert ended.status == "Completed"
    assert ended.attributes == {
        "aitia:inputTokenCount": 7,
        "aitia:outputTokenCount": 3,
        "aitia:samplingTemperature": 0.5,
    }
    assert ended.generated["finish_reason"] == "stop"
    assert ended.generated["reasoning_tokens"] == 2
    (asked,) = ended.generated["tool_calls"].data
    assert (asked["name"], asked["id"], len(asked["arguments_sha256"])) == ("search", "c1", 64)
    used = {r.relation: r.entity for r in observed.records.of(Used)}
    (prompt,) = entities(observed.records, "aitia:Prompt")
    (model,) = entities(observed.records, "aitia:Model")
    assert used == {"aitia:usedPrompt": prompt.id, "aitia:usedModel": model.id}
    assert (model.label, "prov:value" in prompt.attributes) == ("small-2", False)


def test_models_of_one_name_at_two_hosts_are_two(observe) -> None:
    with observe() as observed:
        for service in ("host", "host", "elsewhere"):
            begin(ASKED._replace(service=service)).ended(Answered())
    assert len(entities(observed.records, "aitia:Model")) == 2
    assert len(entities(observed.records, "aitia:Prompt")) == 1


def test_equal_answers_are_two_answers(observe) -> None:
    with observe() as observed:
        for _ in range(2):
            begin(ASKED).ended(Answered([Choice("yes")]))
    first, second = entities(observed.records, "aitia:Prediction")
    assert first.digest == second.digest
    assert first.id != second.id


def test_no_prompt_derives_from_an_answer_that_came_after_it(observe) -> None:
    echo = Asked("chat", "small", [message("user", "oolong it is, then")])
    with observe() as observed:
        for _ in range(2):
            begin(echo).ended(Answered([Choice("oolong it is, then")]))
    assert not observed.records.of(Derived)


def test_an_error_of_a_service_is_told_by_its_status_alone(observe) -> None:
    class RefusalError(Exception):
        status_code = 400

    with observe() as observed:
        begin(ASKED).failed(RefusalError("which tea"))
        begin(ASKED).failed(TimeoutError("slow"))
        begin(ASKED).failed(None, Answered([Choice("oo")]))
    ends = [
        (r.status, (r.error or "").rpartition("<locals>.")[2]) for r in observed.records.of(Ended)
    ]
    assert ends == [
        ("Failed", "RefusalError: status 400"),
        ("Failed", "TimeoutError"),
        ("Cancelled", "not read to the end"),
    ]
    assert len(entities(observed.records, "aitia:Prediction")) == 1


def test_costs_are_those_of_the_table(observe, tmp_path, monkeypatch) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('currency = "EUR"\n[models.small]\ninput = 1_000_000\n')
    monkeypatch.setenv("AITIA_PRICES", str(prices))
    with observe() as observed:
        begin(ASKED).ended(Answered([], None, 7, 3))
    assert [point.values for point in observed.records.of(Point)] == [{"cost_eur": 7.0}]


def test_nothing_begins_without_a_run() -> None:
    assert begin(ASKED) is None


def test_a_claim_is_taken_once_and_by_the_model_that_it_is_for(observe) -> None:
    with observe():
        claim = Claim(begin(ASKED), "small")
        assert not claim.take(ASKED._replace(model="large"))
        assert claim.take(ASKED)
        assert not claim.take(ASKED)
