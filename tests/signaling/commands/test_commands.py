"""The command `liancun`: what it prints, its one-line failures and its exit codes."""

import json
import socket
from pathlib import Path

import pytest

from signaling.cli import main


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert capsys.readouterr().out.startswith("liancun ")


def test_good_settings_are_called_good(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check"]) == 0
    assert "good" in capsys.readouterr().out


def test_bad_settings_are_one_line_and_exit_code_3(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "liancun.toml").write_text("[http]\nport = 'x'\n", "utf-8")
    assert main(["config", "check"]) == 3
    printed = capsys.readouterr().err
    assert printed.startswith("liancun: ")
    assert "http.port" in printed


def test_config_show_hides_the_password_of_the_store(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANCUN_STORE__URL", "postgresql+asyncpg://liancun:geheim@db/liancun")
    assert main(["config", "show", "--json"]) == 0
    printed = capsys.readouterr().out
    assert "geheim" not in printed
    assert json.loads(printed)["store"]["url"].endswith("@db/liancun")
    assert main(["config", "show"]) == 0
    assert "geheim" not in capsys.readouterr().out


def test_a_taken_port_says_which_and_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("LIANCUN_HTTP__HOST", "127.0.0.1")
        monkeypatch.setenv("LIANCUN_HTTP__PORT", str(port))
        assert main(["serve"]) == 1
    assert f"port {port} is taken" in capsys.readouterr().err


def test_a_store_that_cannot_be_opened_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANCUN_STORE__URL", "mysql://x/y")
    assert main(["db", "upgrade"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_schema_is_brought_up_to_date(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["db", "upgrade"]) == 0
    assert (tmp_path / "var" / "liancun.db").exists()


def test_a_pairing_code_for_nobody_s_device_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["device", "pairing-code", "none"]) == 1
    assert "unknown_device" in capsys.readouterr().err
