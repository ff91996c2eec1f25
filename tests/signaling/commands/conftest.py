"""Commands run in an empty folder, and leave the logs of the tests as they were."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signaling.logs.configure", lambda settings: None)
    yield
    structlog.reset_defaults()
