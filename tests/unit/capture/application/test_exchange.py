from aitia.capture.application.exchange import Known, known_in, message, named_by, plain, words


def test_a_lone_text_part_is_its_text_whoever_writes_it() -> None:
    assert message("user", "tea") == {"role": "user", "content": "tea"}
    assert message("user", [{"type": "text", "text": "tea"}]) == message("user", "tea")
    assert message("user", [{"type": "input_text", "text": "tea"}]) == message("user", "tea")
    assert message("user", [{"type": "image", "url": "x"}])["content"] == [
        {"type": "image", "url": "x"}
    ]


def test_what_is_no_json_is_named_by_its_type_and_bytes_by_their_digest() -> None:
    assert plain({"a": object(), 1: (2, None)}) == {"a": "<object>", "1": [2, None]}
    assert len(plain(b"picture")) == 64
    deep: list[object] = []
    deep.append(deep)
    assert "<list>" in str(plain(deep))


def test_names_follow_from_content_in_any_order() -> None:
    assert named_by({"a": 1, "b": 2}) == named_by({"b": 2, "a": 1})
    assert named_by({"a": 1}) != named_by({"a": 2})


def test_messages_are_read_as_a_text() -> None:
    assert words([message("user", "tea")]) == "tea"
    parts = [{"type": "text", "text": "hot"}, {"type": "image"}]
    assert words([message("system", "be brief"), message("user", parts)]) == (
        "system: be brief\nuser: hot"
    )


def sources(known: Known, *messages: dict[str, object]) -> list[str]:
    return list(dict.fromkeys(known.sources(messages)))


def test_an_answer_is_known_again_where_a_message_repeats_it() -> None:
    known = Known()
    known.learn("e1", "oolong is best")
    assert sources(known, message("assistant", "oolong is best")) == ["e1"]
    assert sources(known, message("user", [{"type": "text", "text": "oolong is best"}])) == ["e1"]
    assert sources(known, message("user", "I think oolong is best")) == []
    assert sources(known, message("system", "oolong is best")) == []


def test_short_answers_are_not_told_apart() -> None:
    known = Known()
    known.learn("e1", "yes")
    assert sources(known, message("user", "yes")) == []


def test_a_long_answer_is_found_inside_a_message() -> None:
    known = Known()
    long = "oolong is the best tea for an office on a rainy day"
    known.learn("e1", long)
    assert sources(known, message("user", f"Summarise: {long}.")) == ["e1"]


def test_the_result_of_a_tool_stands_for_the_call_once_it_is_there() -> None:
    known = Known()
    known.learn("asked", "", ["call_1"])
    told = message("tool", "x", tool_call_id="call_1")
    assert sources(known, told) == ["asked"]
    known.learn("result", "x", ["call_1"])
    assert sources(known, told) == ["result"]
    block = {"type": "tool_result", "tool_use_id": "call_1", "content": "x"}
    assert sources(known, message("user", [block, block])) == ["result"]


def test_each_run_knows_its_own() -> None:
    known_in("one").learn("e1", "oolong is best")
    assert known_in("one").said("oolong is best") == "e1"
    assert known_in("two").said("oolong is best") is None
