"""Real Chromium with a fake camera and a fake voice, for what a person sees and hears."""

import math
import struct
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.support.certificate import ServerCertificate
from tests.support.namespaces import Namespace

EXECUTABLE = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
)


@asynccontextmanager
async def chromium(
    voice: Path | None = None,
    *,
    fps: int = 10,
    there: Namespace | None = None,
    trusted: str | None = None,
    certificate: ServerCertificate | None = None,
) -> AsyncIterator[Browser]:
    """Start one browser; `voice` is a WAV file that every microphone of it plays in a loop.

    `there` is the network it lives in, else ours; cameras work on the origin `trusted` too, as if
    it had a certificate; `certificate` is taken as if somebody known had signed it.
    """
    flags = [*FLAGS, f"--use-fake-device-for-media-stream=device-count=1,fps={fps}"]
    if voice is not None:
        flags.append(f"--use-file-for-fake-audio-capture={voice}")
    if trusted is not None:
        flags.append(f"--unsafely-treat-insecure-origin-as-secure={trusted}")
    if certificate is not None:
        flags.append(f"--ignore-certificate-errors-spki-list={certificate.key_hash}")
    with nullcontext() if there is None else there.inside():
        playwright = await async_playwright().start()
    try:
        browser = await playwright.chromium.launch(executable_path=EXECUTABLE, args=flags)
        try:
            yield browser
        finally:
            await browser.close()
    finally:
        await playwright.stop()


def write_voice(path: Path, *, seconds: float = 4.0, rate: int = 48_000) -> Path:
    """Write a voice-like sound: a 140 Hz tone with overtones in syllables, never silent."""
    frames = bytearray()
    for n in range(int(seconds * rate)):
        t = n / rate
        syllable = 0.35 + 0.65 * abs(math.sin(math.pi * 3.5 * t))
        tone = sum(math.sin(2 * math.pi * 140 * k * t) / k for k in range(1, 7))
        frames += struct.pack("<h", int(7000 * syllable * tone / 2))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(frames))
    return path
