import subprocess
import sys

import pytest
from click.testing import CliRunner

from aitia import __version__
from aitia.cli.main import ALIASES, VERBS, command
from aitia.errors import AitiaError, NotFoundError


def test_help_lists_every_verb_with_a_short_sentence():
    shown = CliRunner().invoke(command, ["--help"]).output
    for name, verb in VERBS.items():
        assert f"  {name} " in shown
        assert verb.help[:30] in shown


def test_help_and_version_load_no_verb_and_no_heavy_package():
    heavy = ("rich", "pyoxigraph", "orjson", "numpy", "importlib.metadata", "asyncio")
    code = (
        "import sys; from aitia.cli.main import command; "
        "command(sys.argv[1:], standalone_mode=False); "
        "print(*[m for m in sys.modules if m.startswith('aitia.')], file=sys.stderr); "
        f"print(*[m for m in {heavy!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=True
    )
    ours, theirs = done.stderr.splitlines()
    assert set(ours.split()) == {"aitia.cli", "aitia.cli.main", "aitia.errors"}
    assert theirs == ""


def test_version():
    assert CliRunner().invoke(command, ["--version"]).output == f"aitia {__version__}\n"


@pytest.mark.parametrize("name", [*VERBS, *ALIASES])
def test_every_verb_has_help(name):
    done = CliRunner().invoke(command, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("Usage: ")


def test_an_unknown_verb_is_refused_with_the_nearest_one():
    done = CliRunner().invoke(command, ["vallidate"])
    assert done.exit_code == 2
    assert "no command 'vallidate'; next: aitia validate" in done.stderr


def test_an_error_is_told_as_got_expected_next(nowhere):
    assert nowhere.refused("ls").splitlines() == [
        f"aitia: nothing was recorded in {nowhere.at}",
        "  expected a data directory",
        "  next: aitia run python train.py, or: aitia demo",
    ]


def test_an_error_is_raised_as_it_is_under_aitia_debug(nowhere, monkeypatch):
    monkeypatch.setenv("AITIA_DEBUG", "1")
    done = CliRunner().invoke(command, ["--at", nowhere.at, "ls"])
    assert isinstance(done.exception, NotFoundError)


def test_an_error_without_expectation_is_one_line(nowhere, monkeypatch):
    def fail():
        raise AitiaError("the sky fell.")

    monkeypatch.setattr("aitia.cli.doctor.findings", fail)
    assert nowhere.refused("doctor") == "aitia: the sky fell\n"


def test_no_color_is_honoured(aitia, monkeypatch):
    words = ["--at", aitia.at, "show"]
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = CliRunner().invoke(command, words, color=True).stdout
    assert "\x1b[1m" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in CliRunner().invoke(command, words, color=True).stdout
