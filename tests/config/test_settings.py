"""Settings: environment over TOML over defaults; what is unknown or wrong is refused by name."""

from pathlib import Path

import pytest

from config.settings import ConfigError, Settings


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "liancun.toml"
    file.write_text("[http]\nport = 9000\nhost = '127.0.0.1'\n", encoding="utf-8")
    monkeypatch.setenv("LIANCUN_HTTP__PORT", "9001")
    settings = Settings.load(file)
    assert (settings.http.port, settings.http.host) == (9001, "127.0.0.1")
    assert settings.media.udp_port == 40000


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[http]\nprot = 1\n", "http.prot"),
        ("[htp]\nport = 1\n", "htp"),
        ("[http]\nport = 70000\n", "http.port"),
        ("[media]\nudp_port = 65535\nworkers = 2\n", "no ports for 2 workers"),
        ("[http]\ntrusted_proxies = ['10.0.0.1/8']\n", "http.trusted_proxies"),
        ("time_zone = 'Mars/Base'\n", "time_zone"),
        ("[http\n", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_key_named(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "liancun.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=named):
        Settings.load(file)


@pytest.mark.parametrize("variable", ["LIANCUN_HTPP__PORT", "LIANCUN_HTTP__PROT"])
def test_an_unknown_variable_is_refused(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "1")
    with pytest.raises(ConfigError, match=r"(?i)htpp|prot"):
        Settings.load()


def test_a_missing_file_is_an_error_when_it_was_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        Settings.load(tmp_path / "none.toml")
