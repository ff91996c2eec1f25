"""Chromium at the far end of a line, with a camera and a voice out of files."""

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import av
from av.filter import Graph
from playwright.async_api import Browser, Page, Route, async_playwright

EXECUTABLE = "/usr/bin/chromium"
PAGES = Path(__file__).parent / "lines_page"
OURS = Path(__file__).parents[1]
"""Has `web/`, the code of our pages, which those of the benchmark may load."""
ORIGIN = "https://lines.test"
"""Made up and never looked up; https, because cameras want it."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
)
WIDTH, HEIGHT, FPS, SECONDS = 960, 540, 15, 6


@asynccontextmanager
async def chromium(
    folder: Path, name: str, place: list[str], *flags: str
) -> AsyncIterator[Browser]:
    """Start a browser in the network that the words of `place` lead into."""
    program = folder / f"chromium-{name}"
    program.write_text(f'#!/bin/sh\nexec {" ".join(place)} {EXECUTABLE} "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(program), args=[*FLAGS, *flags]
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def page(browser: Browser) -> AsyncIterator[Page]:
    """Open the benchmark's page."""
    opened = await browser.new_page()
    try:
        await opened.route(f"{ORIGIN}/**", _serve)
        await opened.goto(f"{ORIGIN}/index.html")
        yield opened
    finally:
        await opened.close()


class Actor:
    """`sender`, `page` or `receiver` of a page; call it with a method's name and arguments."""

    def __init__(self, page: Page, role: str) -> None:
        self._page = page
        self._role = role

    async def __call__(self, method: str, *arguments: object) -> Any:
        return await self._page.evaluate(
            "([role, method, given]) => {"
            " lines.receiver = lines.receiver || new lines.Receiver();"
            " return lines[role][method](...given); }",
            [self._role, method, list(arguments)],
        )


async def _serve(route: Route) -> None:
    name = route.request.url.removeprefix(f"{ORIGIN}/")
    await route.fulfill(path=(OURS if name.startswith("web/") else PAGES) / name)


def write_film(path: Path) -> Path:
    """Write what the camera sees: test pictures that move, with noise, so that encoders need the
    rates they need for people."""
    graph = Graph()
    parts = [
        graph.add("testsrc2", f"size={WIDTH}x{HEIGHT}:rate={FPS}"),
        graph.add("noise", "alls=14:allf=t"),
        graph.add("format", "pix_fmts=yuvj420p"),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*parts).configure()
    with av.open(str(path), "w", format="mjpeg") as file:
        stream = file.add_stream("mjpeg", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
        for number in range(FPS * SECONDS):
            frame = graph.vpull()
            frame.pts = number
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return path
