"""Real Firefox without a window, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/).

Debian has no geckodriver, and none is needed: Firefox speaks BiDi by itself. `Firefox` and `Tab`
have the few methods of Playwright's browser and page that the tests use.
"""

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from signal import Signals
from typing import Any

import aiohttp

EXECUTABLE = "firefox-esr"
PREFERENCES: dict[str, object] = {
    # A fake camera and a fake microphone, without questions, on addresses that can be reached.
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    # Nothing is fetched from outside.
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage": "about:blank",
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.server": "",
}
_STARTS_WITHIN_S = 60.0
_ANSWERS_WITHIN_S = 30.0
_ENDS_WITHIN_S = 10.0
_LISTENING = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")


class ScriptError(Exception):
    """What was evaluated threw, or Firefox refused a command."""


class Tab:
    """One page."""

    def __init__(self, firefox: "Firefox", context: str) -> None:
        self._firefox = firefox
        self._context = context

    async def goto(self, url: str) -> None:
        """Load a page and wait until it is there."""
        await self._firefox.command(
            "browsingContext.navigate", context=self._context, url=url, wait="complete"
        )

    async def evaluate(self, expression: str, arg: object = None) -> Any:
        """Evaluate an expression; call it with `arg` if it is a function; wait for a promise.
        Return what can be said in JSON; raise ScriptError."""
        function = (
            "async (json) => { let it = (" + expression + ");"
            " if (typeof it === 'function') it = it(JSON.parse(json));"
            " return JSON.stringify((await it) ?? null); }"
        )
        reply = await self._firefox.command(
            "script.callFunction",
            functionDeclaration=function,
            arguments=[{"type": "string", "value": json.dumps(arg)}],
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        if reply["type"] != "success":
            raise ScriptError(reply["exceptionDetails"]["text"])
        return json.loads(reply["result"]["value"])


class Firefox:
    """A running browser."""

    def __init__(self, line: aiohttp.ClientWebSocketResponse) -> None:
        self._line = line
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def new_page(self) -> Tab:
        """Open a tab."""
        return Tab(self, (await self.command("browsingContext.create", type="tab"))["context"])

    async def command(self, method: str, **parameters: object) -> dict[str, Any]:
        """Carry out one command of BiDi; return its result or raise ScriptError."""
        number = next(self._numbers)
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._line.send_json({"id": number, "method": method, "params": parameters})
        try:
            async with asyncio.timeout(_ANSWERS_WITHIN_S):
                reply = await waiting
        finally:
            del self._waiting[number]
        if reply["type"] == "error":
            raise ScriptError(f"{method}: {reply['error']}: {reply['message']}")
        result: dict[str, Any] = reply["result"]
        return result

    async def listen(self) -> None:
        """Hand out the answers until the line is closed; events are not asked for."""
        async for message in self._line:
            reply = json.loads(message.data)
            waiting = self._waiting.get(reply.get("id"))
            if waiting is not None and not waiting.done():
                waiting.set_result(reply)


@asynccontextmanager
async def firefox(profile: Path) -> AsyncIterator[Firefox]:
    """Start one browser with an empty profile in the folder `profile`."""
    profile.mkdir(parents=True, exist_ok=True)
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines))
    process = await asyncio.create_subprocess_exec(
        EXECUTABLE, "--headless", "--no-remote", "--remote-debugging-port=0",
        "--profile", str(profile),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        address = await _address(process)
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(f"{address}/session", max_msg_size=0) as line,
        ):
            browser = Firefox(line)
            listening = asyncio.create_task(browser.listen())
            reading = asyncio.create_task(_read_away(process))
            try:
                await browser.command("session.new", capabilities={})
                yield browser
                with suppress(ScriptError, TimeoutError, ConnectionError):
                    await browser.command("browser.close")
            finally:
                for task in (listening, reading):
                    task.cancel()
                await asyncio.gather(listening, reading, return_exceptions=True)
    finally:
        await _end(process)


async def _address(process: asyncio.subprocess.Process) -> str:
    """Wait until Firefox says where it listens."""
    assert process.stderr is not None
    async with asyncio.timeout(_STARTS_WITHIN_S):
        while line := await process.stderr.readline():
            if (found := _LISTENING.search(line)) is not None:
                return found[1].decode()
    raise ScriptError("Firefox ended before it listened")


async def _read_away(process: asyncio.subprocess.Process) -> None:
    """Read what Firefox complains about, so that it never waits for a reader."""
    assert process.stderr is not None
    while await process.stderr.readline():
        pass


async def _end(process: asyncio.subprocess.Process) -> None:
    """Wait for a browser that was asked to close, and make it where it does not."""
    for signal in (None, Signals.SIGTERM, Signals.SIGKILL):
        if signal is not None and process.returncode is None:
            process.send_signal(signal)
        with suppress(TimeoutError):
            async with asyncio.timeout(_ENDS_WITHIN_S):
                await process.wait()
                return
