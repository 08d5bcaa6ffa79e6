from __future__ import annotations

from pathlib import Path

import pytest

from aitia.errors import ConfigError
from aitia.store.access import Access, Secret, find

URL = "http://lab.example/query"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "aitia").mkdir()
    return tmp_path


def write(home: Path, text: str, mode: int = 0o600) -> None:
    path = home / "aitia" / "remotes.toml"
    path.write_text(text)
    path.chmod(mode)


def test_nothing_is_known_of_a_server_by_default() -> None:
    assert find(URL) == Access()


def test_a_server_has_a_table_in_the_users_file(home: Path) -> None:
    write(home, f'["{URL}"]\nauth = "digest"\nuser = "ada"\npassword = "tiger"\ntimeout = 5\n')
    found = find(URL)
    assert (found.auth, found.user, found.password, found.timeout) == ("digest", "ada", "tiger", 5)
    assert find("http://other.example/query") == Access()


def test_the_environment_comes_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home, f'["{URL}"]\nuser = "ada"\npassword = "tiger"\n')
    monkeypatch.setenv("AITIA_REMOTE_TOKEN", "t0ken")
    monkeypatch.setenv("AITIA_REMOTE_UPDATE", "http://lab.example/up")
    found = find(URL)
    assert (found.auth, found.update) == ("bearer", "http://lab.example/up")
    assert found.header() == "Bearer t0ken"


def test_a_name_alone_means_basic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AITIA_REMOTE_USER", "Aladdin")
    monkeypatch.setenv("AITIA_REMOTE_PASSWORD", "open sesame")
    assert find(URL).header() == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


def test_secrets_are_not_shown() -> None:
    access = Access(user="ada", password=Secret("tiger"), token=Secret("t0ken"))
    assert "tiger" not in repr(access) + str(access)
    assert "t0ken" not in repr(access) + str(access)


def test_a_file_with_secrets_is_the_users_alone(home: Path) -> None:
    write(home, f'["{URL}"]\nuser = "ada"\npassword = "tiger"\n', 0o644)
    with pytest.raises(ConfigError, match="chmod 600") as caught:
        find(URL)
    assert "tiger" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        f'["{URL}"]\nauth = "ntlm"\n',
        f'["{URL}"]\nnonsense = 1\n',
        f'["{URL}"]\ntimeout = "soon"\n',
    ],
)
def test_what_cannot_be_used_is_named(home: Path, text: str) -> None:
    write(home, text)
    with pytest.raises(ConfigError):
        find(URL)
