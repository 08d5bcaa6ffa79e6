from __future__ import annotations

import shlex

import pytest

from aitia.capture.identity import Identity, Pseudonyms
from aitia.capture.platform import command
from aitia.capture.platform.command import CommandAdapter, command_line
from aitia.capture.redaction import Redactor
from aitia.records import Associated, Entity, Setting
from aitia.testing.scope import RecordingScope


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["/home/ada/v/bin/python3", "train.py", "--lr", "0.1"], "python3 train.py --lr 0.1"),
        (["C:\\Python\\python.exe", "-m", "train"], "python.exe -m train"),
        (["python", "/home/ada/x/train.py"], "python ~/x/train.py"),
        (["python", "/scratch/ada/train.py"], "python /scratch/{user}/train.py"),
        (["python", "t.py", "--token", "abc"], "python t.py --token ***"),
        (["python", "-c", "print('x')"], "python -c '<10 characters>'"),
        (["python", "a b.py", "it's"], "python 'a b.py' 'it'\"'\"'s'"),
        ([], ""),
    ],
)
def test_command_line(
    redactor: Redactor, identity: Identity, arguments: list[str], expected: str
) -> None:
    expected = expected.replace("{user}", identity.user_label)
    assert command_line(redactor, arguments) == expected


@pytest.mark.parametrize(
    "arguments", [["a b"], ["it's"], ['"q"'], ["$HOME", "`x`"], ["ä", "a\nb"], [""], ["a;b", "#"]]
)
def test_shell_reads_the_line_as_it_was(arguments: list[str]) -> None:
    assert shlex.split(command_line(Redactor(), ["python", *arguments])) == ["python", *arguments]


def start(pseudonyms: Pseudonyms, identity: Identity, *, nested: bool = False) -> RecordingScope:
    scope = RecordingScope(nested=nested)
    arguments = ["/usr/bin/python", "train.py", "--api-key=abc"]
    adapter = CommandAdapter(pseudonyms, identity, Redactor(identity), arguments)
    adapter.start(scope)
    adapter.stop(scope)
    return scope


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in command.ALLOWED:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("bare_environment")
def test_run_has_its_command_and_its_user(pseudonyms: Pseudonyms, identity: Identity) -> None:
    user = pseudonyms.iri("user", "ada")
    assert start(pseudonyms, identity).records == [
        Entity(user, "prov:Person", identity.user_label),
        Associated("", user),
        Entity(
            "",
            "aitia:Execution",
            attributes={"aitia:commandLine": "python train.py --api-key=***"},
        ),
    ]


def test_nested_run_has_its_user_alone(pseudonyms: Pseudonyms, identity: Identity) -> None:
    records = start(pseudonyms, identity, nested=True).records
    assert [type(r) for r in records] == [Entity, Associated]


@pytest.mark.usefixtures("bare_environment")
def test_user_who_wants_to_be_named_is_left_to_the_run(
    pseudonyms: Pseudonyms, identity: Identity
) -> None:
    records = start(pseudonyms, identity._replace(user_label="Ada L.")).records
    assert [type(r) for r in records] == [Entity]


@pytest.mark.usefixtures("bare_environment")
def test_only_allowed_variables_are_settings(
    pseudonyms: Pseudonyms, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    monkeypatch.setenv("SLURM_PROCID", "2")
    monkeypatch.setenv("SLURM_JOB_USER", "ada")
    monkeypatch.setenv("SLURM_JWT", "secret-token")
    monkeypatch.setenv("MY_PASSWORD", "secret-token")
    monkeypatch.setenv("XLA_FLAGS", "--xla_dump_to=/home/ada/dump --token=secret-token")
    scope = start(pseudonyms, identity)
    settings = {r.name: r.value for r in scope.records if isinstance(r, Setting)}
    assert settings == {
        "env.OMP_NUM_THREADS": "4",
        "env.SLURM_PROCID": "2",
        "env.XLA_FLAGS": "--xla_dump_to=~/dump --token=***",
    }
    assert b"secret-token" not in b"".join(scope.lines)


@pytest.mark.usefixtures("bare_environment")
@pytest.mark.parametrize(("value", "seed"), [("42", 42), ("random", None)])
def test_hash_seed_is_a_random_seed(
    pseudonyms: Pseudonyms,
    identity: Identity,
    monkeypatch: pytest.MonkeyPatch,
    value: str,
    seed: int | None,
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", value)
    (run,) = (r for r in start(pseudonyms, identity).records if isinstance(r, Entity) and not r.id)
    assert run.attributes.get("aitia:randomSeed") == seed


@pytest.mark.usefixtures("bare_environment")
def test_devices_in_the_environment_are_pseudonyms(
    pseudonyms: Pseudonyms, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = "GPU-5f2c8a10-1111-2222-3333-444455556666"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", f"{uuid},1")
    scope = start(pseudonyms, identity)
    expected = f"GPU-{pseudonyms.code('gpu', uuid)},1"
    assert Setting("", "env.CUDA_VISIBLE_DEVICES", expected) in scope.records
    assert b"5f2c8a10" not in b"".join(scope.lines)


def test_allow_list_holds_no_name_of_a_person_place_or_secret() -> None:
    for name in command.ALLOWED:
        words = name.split("_")
        assert not {"USER", "HOST", "DIR", "ACCOUNT", "NODELIST", "JWT", "TOKEN"} & set(words)
    assert len(set(command.ALLOWED)) == len(command.ALLOWED)
