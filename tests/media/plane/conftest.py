"""Rooms whose copies are encrypted in either way."""

import pytest

from media.transports.multi_buffer import open_library
from tests.media.plane.builders import Room


@pytest.fixture(params=["libsrtp", "libipsec-mb"])
def cipher(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the test's rooms encrypt by this library."""
    name: str = request.param
    if name == "libipsec-mb":
        library = open_library()
        if library is None:
            pytest.skip("libipsec-mb is not installed")
        monkeypatch.setattr(Room, "multi_buffer", library)
    return name
