"""params, log, use and make: what they record, here and on a task that is held in the hand."""

import hashlib
import inspect
import os
import sys

import pytest

import aitia
from aitia.capture import files
from aitia.capture.run import Run
from aitia.records import Entity, Generated, Note, Point, Ref, Setting, Started, Typed, Used
from aitia.testing.memory import MemoryRecorder
from aitia.vocabulary.iris import content_iri


class Thing:
    pass


def test_a_file_is_named_by_its_content(told, tmp_path):
    path = tmp_path / "train.csv"
    path.write_bytes(b"a,b\n1,2\n")
    sha = hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    with aitia.task("load"):
        assert aitia.use(path, role="training") is path
    aitia.make(str(path), role="model")
    entity, model = told(Entity)
    assert (entity.id, entity.digest, entity.label) == (content_iri(sha), sha, "train.csv")
    assert (entity.type, model.type) == ("aitia:Dataset", "aitia:Model")
    assert entity.attributes["aitia:byteSize"] == 8
    assert entity.attributes["aitia:locator"] == path.as_uri()
    [used], [made] = told(Used), told(Generated)
    assert (used.activity, used.entity, used.role) == ("1", entity.id, "training")
    assert (made.activity, made.entity, made.role) == ("", entity.id, "model")


def test_a_file_that_changes_is_another_entity(told, tmp_path):
    path = tmp_path / "x"
    for content in (b"one", b"two"):
        path.write_bytes(content)
        aitia.use(path)
    assert len({e.id for e in told(Entity)}) == 2


def test_a_file_beyond_the_limit_has_no_digest(recorder, tmp_path):
    path = tmp_path / "large"
    path.write_bytes(b"x" * 100)
    with Run(recorder, "r") as run:
        run.digest_limit = 99
        run.use(path)
    [entity] = [r for r in recorder.records if isinstance(r, Entity)]
    assert (entity.id, entity.digest) == ("e1", None)
    assert entity.attributes["aitia:byteSize"] == 100
    assert entity.attributes["prov:generatedAtTime"].datatype == "xsd:dateTime"
    [note] = [r for r in recorder.records if isinstance(r, Note)]
    assert note.kind == "no-digest"


def test_a_missing_path_is_a_note(recorder, tmp_path):
    with Run(recorder, "r") as run:
        assert aitia.use(tmp_path / "nowhere") == tmp_path / "nowhere"
        run.make(str(tmp_path / "nowhere"))
    [note] = [r for r in recorder.records if isinstance(r, Note)]
    assert (note.kind, note.occurrences) == ("missing-path", 2)
    assert "No such file" in note.text


def test_a_path_that_is_not_utf8_is_recorded(told, tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9.bin"
    with open(path, "wb") as handle:
        handle.write(b"data")
    assert aitia.use(path) is path
    aitia.use(os.fsdecode(path))
    first, second = told(Entity)
    assert first == second
    assert first.attributes["aitia:locator"].endswith("/caf%E9.bin")
    assert first.label == "caf\\udce9.bin"


def test_a_folder_is_named_by_its_files(told, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name / "sub").mkdir(parents=True)
        (tmp_path / name / "sub" / "weights").write_bytes(b"w")
        (tmp_path / name / "config").write_bytes(b"c")
        aitia.use(tmp_path / name)
    (tmp_path / "two" / "config").rename(tmp_path / "two" / "renamed")
    aitia.use(tmp_path / "two")
    first, second, renamed = told(Entity)
    assert first.id == second.id != renamed.id
    assert first.attributes["aitia:byteSize"] == 2


def test_data_elsewhere_is_named_and_not_read(told):
    aitia.use("https://example.org/data/train.csv", role="data")
    aitia.use("s3://bucket/key", role="data")
    first, second = told(Entity)
    assert (first.id, first.label) == ("https://example.org/data/train.csv", "train.csv")
    assert second.attributes["aitia:locator"] == "s3://bucket/key"


def test_an_object_is_used_and_made_as_the_same_entity(told):
    thing = Thing()
    with aitia.task("a"):
        aitia.make(thing, role="model")
    with aitia.task("b"):
        aitia.use(thing)
    [made], [used] = told(Generated), told(Used)
    assert made.entity == used.entity
    aitia.make(thing)
    assert len(told(Generated)) == 1


def test_using_a_value_is_a_note(recorder):
    with Run(recorder, "r"):
        assert aitia.use(5) == 5
    assert [r.kind for r in recorder.records if isinstance(r, Note)] == ["not-a-thing"]


def test_points_keep_steps_and_special_values(told):
    aitia.log(step=3, loss=float("nan"), acc=0.5)
    aitia.log(step=3.5, best=float("inf"))
    aitia.log(total=7)
    first, second, third = told(Point)
    assert (first.step, dict(first.values)) == (
        3,
        {"loss": Typed("NaN", "xsd:double"), "acc": 0.5},
    )
    assert (second.step, second.values["best"]) == (3.5, Typed("INF", "xsd:double"))
    assert (third.step, dict(third.values)) == (None, {"total": 7})


@pytest.mark.parametrize(
    ("step", "values"),
    [
        (None, {"loss": 0.5}),
        (3, {"loss": 0.5, "n": 2, "ok": True}),
        (3.0, {"loss": 0.5}),
        (True, {"loss": 0.5}),
        (2**70, {"loss": 2**70}),
        (1, {"loss": float("nan"), "api_key": 1.0, "word": "x", "here": 1, "run": 2}),
        (1, {}),
    ],
)
def test_logging_here_and_in_the_hand_is_the_same(step, values):
    def logged(log):
        recorder = MemoryRecorder()
        with Run(recorder, "r") as run:
            log(run)(step, **values)
        return [line for line in recorder.lines if b'"k":"run' not in line]

    here = logged(lambda run: aitia.log)
    assert here == logged(lambda run: run.log)
    assert here


def test_the_door_says_how_it_is_called():
    assert str(inspect.signature(aitia.log)) == (
        "(step: 'float | None' = None, **values: 'object') -> 'None'"
    )
    assert "quantities of the task or run" in aitia.log.__doc__


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        (2**64 - 1, 2**64 - 1),
        (2**64, Typed(str(2**64), "xsd:integer")),
        (-(2**63) - 1, Typed(str(-(2**63) - 1), "xsd:integer")),
        (10**400, Typed(str(10**400), "xsd:integer")),
    ],
)
def test_integers_of_any_size_are_kept(told, number, kept):
    aitia.log(step=1, loss=number, other=0.5)
    [point] = told(Point)
    assert (point.step, dict(point.values)) == (1, {"loss": kept, "other": 0.5})


def test_an_integer_too_long_to_print_is_kept_by_its_size(told):
    aitia.log(loss=1 << 20_000)
    assert told(Point)[0].values["loss"] == Typed("an integer of 20001 bits", "xsd:string")


def test_a_step_that_is_no_number_is_a_note(recorder):
    steps = [float("nan"), 10**400, "one", [1]]
    with Run(recorder, "r"):
        for step in steps:
            aitia.log(step=step, loss=0.5)
    points = [r for r in recorder.records if isinstance(r, Point)]
    assert [(p.step, dict(p.values)) for p in points] == [(None, {"loss": 0.5})] * len(steps)
    [note] = [r for r in recorder.records if isinstance(r, Note)]
    assert (note.kind, note.occurrences) == ("not-a-step", len(steps))


def test_a_name_that_is_not_utf8_is_kept(told):
    aitia.log(**{"loss\ud800": 1})
    [point] = told(Point)
    assert dict(point.values) == {"loss\\ud800": 1}


class Scalar:
    shape = ()

    def item(self):
        return 0.25


class Vector:
    shape = (3,)

    def item(self):
        raise ValueError("only one element")


def test_scalars_of_any_library_are_numbers(told):
    aitia.log(loss=Scalar(), many=Vector())
    [point] = told(Point)
    assert point.values["loss"] == 0.25
    assert point.values["many"].datatype == "aitia:PythonType"


def test_numpy_scalars_are_numbers(told):
    import numpy as np

    aitia.log(step=np.int64(2), loss=np.float32(0.5), acc=np.float64(0.25))
    [point] = told(Point)
    assert (point.step, dict(point.values)) == (2, {"loss": 0.5, "acc": 0.25})


def test_settings_are_those_of_the_current_task(told):
    with aitia.task("t"):
        aitia.params(optimizer="sgd", none=None, module=sys)
    assert [(s.subject, s.name) for s in told(Setting)] == [
        ("1", "optimizer"),
        ("1", "none"),
        ("1", "module"),
    ]


def test_what_use_was_given_is_linked_to_the_task_that_gets_it(told):
    @aitia.task
    def fit(data):
        return None

    data = aitia.use(Thing(), role="training")
    fit(data)
    assert told(Started)[0].used["data"] == Ref(told(Used)[0].entity)


def test_digests_are_remembered_only_when_a_change_would_show(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"one")
    first = files.look(str(path), 1 << 20)
    time = os.stat(path).st_mtime_ns
    path.write_bytes(b"two")
    os.utime(path, ns=(time, time))
    assert files.look(str(path), 1 << 20).digest != first.digest
