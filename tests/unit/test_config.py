"""Each setting from the nearest place that has it, and that place is named."""

import pytest

from aitia import config
from aitia.errors import ConfigError


@pytest.fixture(autouse=True)
def _no_user_file(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project" / "deep"
    folder.mkdir(parents=True)
    return folder


def user_file(tmp_path, text):
    path = tmp_path / "xdg" / "aitia" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return str(path)


def test_defaults(project):
    settings = config.load(project)
    assert settings.directory == str(project / ".aitia")
    assert settings.enabled
    assert settings.durability == "process"
    assert set(settings.origins.values()) == {"default"}


def test_the_order_of_places(tmp_path, project, monkeypatch):
    user = user_file(tmp_path, 'durability = "machine"\ndigest_limit = "1MiB"\nagent = "user"\n')
    (project.parent / "pyproject.toml").write_text(
        '[tool.aitia]\ntelemetry_period = 2\nagent = "project"\ndigest_limit = "2k"\n'
    )
    monkeypatch.setenv("AITIA_DIGEST_LIMIT", "3 kib".replace(" ", ""))
    monkeypatch.setenv("AITIA_AGENT", "variable")
    settings = config.load(project, agent="flag", durability=None)
    assert settings.agent == "flag"
    assert settings.digest_limit == 3 << 10
    assert settings.telemetry_period == 2.0
    assert settings.durability == "machine"
    assert settings.origins["agent"] == "flag"
    assert settings.origins["digest_limit"] == "AITIA_DIGEST_LIMIT"
    assert settings.origins["telemetry_period"].endswith("pyproject.toml [tool.aitia]")
    assert settings.origins["durability"] == user
    assert settings.origins["adapters"] == "default"


def test_a_relative_directory_is_relative_to_the_file_that_names_it(project, monkeypatch):
    (project.parent / "aitia.toml").write_text('directory = "records"\n')
    assert config.load(project).directory == str(project.parent / "records")
    monkeypatch.setenv("AITIA_DIR", "elsewhere")
    assert config.load(project).directory == str(project / "elsewhere")


def test_aitia_toml_is_nearer_than_a_pyproject_without_a_table(project):
    (project / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    (project.parent / "aitia.toml").write_text('agent = "Ada"\n')
    assert config.load(project).agent == "Ada"


@pytest.mark.parametrize("word", ["off", "OFF", "0", "false", "no"])
def test_aitia_off(project, monkeypatch, word):
    monkeypatch.setenv("AITIA", word)
    assert not config.load(project).enabled
    assert config.is_off()
    assert config.load(project).origins["enabled"] == "AITIA"


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({"durability": "paper"}, "process or machine"),
        ({"telemetry_period": "often"}, "a number of seconds"),
        ({"telemetry_period": -1}, "a number of seconds from 0"),
        ({"telemetry_period": True}, "a number of seconds"),
        ({"digest_limit": "much"}, "a number of bytes"),
        ({"digest_limit": -1}, "from 0 up"),
        ({"digest_limit": 1.5}, "a number of bytes"),
        ({"enabled": "perhaps"}, "on or off"),
        ({"directory": 3}, "text"),
        ({"colour": "red"}, "one of adapters"),
    ],
)
def test_a_value_that_cannot_be_used_says_what_can(project, flags, expected):
    with pytest.raises(ConfigError, match=expected):
        config.load(project, **flags)


def test_a_project_file_that_does_not_name_aitia_is_not_looked_into(project):
    (project / "pyproject.toml").write_text("[tool.")
    assert config.load(project).agent == ""
    (project / "pyproject.toml").write_text("[tool.aitia")
    with pytest.raises(ConfigError, match=r"pyproject\.toml is not TOML"):
        config.load(project)


def test_a_file_that_is_not_toml_is_named(project):
    (project / "aitia.toml").write_text("agent = ")
    with pytest.raises(ConfigError, match=r"aitia\.toml is not TOML"):
        config.load(project)


def test_sizes_are_read_as_people_write_them(project):
    sizes = {"10": 10, "1k": 1024, "2MiB": 2 << 20, "3GB": 3 << 30, 7: 7}
    for text, size in sizes.items():
        assert config.load(project, digest_limit=text).digest_limit == size


def test_extensions_are_beside_the_file_that_names_them(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.aitia.ontology]\nextensions = ["lab.ttl"]\n')
    below = tmp_path / "deep"
    below.mkdir()
    settings = config.load(below)
    assert settings.extensions == (str(tmp_path / "lab.ttl"),)
    assert settings.origins["extensions"].startswith(str(tmp_path / "pyproject.toml"))
    (below / "aitia.toml").write_text('[ontology]\nextensions = "lab.ttl"\n')
    with pytest.raises(ConfigError, match="a list of files"):
        config.load(below)
    (below / "aitia.toml").write_text("[ontology]\nextension = []\n")
    with pytest.raises(ConfigError, match=r"ontology\.extension"):
        config.load(below)


def test_texts_of_prompts_are_not_kept_unless_asked_for(project, monkeypatch):
    assert config.load(project).prompts is False
    (project / "aitia.toml").write_text('prompts = true\nprices = "prices.toml"\n')
    settings = config.load(project)
    assert settings.prompts is True
    assert settings.prices == str(project / "prices.toml")
    assert settings.origins["prompts"] == str(project / "aitia.toml")
    monkeypatch.setenv("AITIA_PROMPTS", "off")
    assert config.load(project).prompts is False
    assert config.load(project).origins["prompts"] == "AITIA_PROMPTS"


def test_services_of_telemetry_have_their_own_rates(project, monkeypatch):
    (project / "aitia.toml").write_text(
        "telemetry_period = 2\n[telemetry]\nhost = 0\ngrid_intensity = 381\n"
    )
    monkeypatch.setenv("AITIA_TELEMETRY_STORAGE", "30")
    settings = config.load(project)
    assert settings.telemetry_host == 0
    assert settings.telemetry_accelerator == settings.telemetry_energy == 2
    assert settings.telemetry_storage == 30
    assert settings.telemetry_grid_intensity == 381
    assert settings.origins["telemetry_host"] == str(project / "aitia.toml")
    assert settings.origins["telemetry_energy"] == str(project / "aitia.toml")
    assert settings.origins["telemetry_storage"] == "AITIA_TELEMETRY_STORAGE"
    monkeypatch.setenv("AITIA_TELEMETRY_GRID_INTENSITY", "-1")
    with pytest.raises(ConfigError, match="from 0 to a million"):
        config.load(project)
