"""Addresses that people can type."""

import pytest

from config.settings import Http
from signaling.http import addresses
from signaling.http.addresses import Addresses


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "outside_address", lambda: "192.168.1.7")


@pytest.mark.parametrize(
    ("host", "public", "local", "network"),
    [
        ("0.0.0.0", "", "http://127.0.0.1:80", "http://192.168.1.7:80"),
        ("127.0.0.1", "", "http://127.0.0.1:80", None),
        ("::1", "", "http://[::1]:80", None),
        ("192.168.1.9", "", "http://192.168.1.9:80", "http://192.168.1.9:80"),
        ("0.0.0.0", "https://lc.example/", "http://127.0.0.1:80", "https://lc.example"),
    ],
)
def test_they_follow_from_where_the_server_listens(
    host: str, public: str, local: str, network: str | None
) -> None:
    assert Addresses.of(Http(host=host, public_url=public), 80) == Addresses(local, network)
