"""Where the lines benchmark takes place: a sender and a receiver, each behind a line."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser

from benchmarks import lines_browser
from benchmarks.lines_network import Network
from tests.support.chromium import write_voice


@dataclass(frozen=True, slots=True)
class Stage:
    """The network, with a browser at the far end of either line."""

    network: Network
    sender: Browser
    receiver: Browser


@asynccontextmanager
async def open_stage() -> AsyncIterator[Stage]:
    """Make it all; it is gone with the context."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="liancun-lines-")))
        network = Network()
        stack.push_async_callback(network.close)
        await network.open()
        film = lines_browser.write_film(folder / "film.mjpeg")
        voice = write_voice(folder / "voice.wav")
        sender = await stack.enter_async_context(
            lines_browser.chromium(
                folder, "sender", network.at("sender"),
                f"--use-file-for-fake-video-capture={film}",
                f"--use-file-for-fake-audio-capture={voice}",
            )
        )  # fmt: skip
        receiver = await stack.enter_async_context(
            lines_browser.chromium(folder, "receiver", network.at("receiver"))
        )
        yield Stage(network, sender, receiver)
