"""An ICE agent towards a server whose candidates are known, without I/O or clock.

Every candidate of the server is checked, by a controlling agent with USE-CANDIDATE; the first that
answers is used, and asked for its consent from then on. A controlled agent moves to the one that
the server nominates. Sources: RFC 8445 §7.2, §7.3.1.5 and §8, RFC 7675 §5.1.
"""

import random
from collections.abc import Sequence
from typing import Literal

from media.transports import stun

State = Literal["checking", "connected", "failed"]

PACE = 0.05
"""Seconds between the first checks of two candidates."""
FIRST_WAIT = 0.25
"""Seconds until a check is sent again; doubles up to LONGEST_WAIT."""
LONGEST_WAIT = 2.0
CONSENT_INTERVAL = 5.0
"""Seconds between consent checks, changed by up to a fifth at random each time."""
CONSENT_EXPIRES = 30.0
GIVE_UP = 20.0
"""Seconds without any answer after which the checks have failed."""

_HOST_PRIORITY = 2_130_706_431
_REMEMBERED = 64


class Checks:
    """The checks of one connection. Bad datagrams never raise."""

    def __init__(
        self,
        local: stun.Credentials,
        remote: stun.Credentials,
        candidates: Sequence[stun.Address],
        now: float,
        dice: random.Random,
        *,
        controlling: bool = True,
    ) -> None:
        self.state: State = "checking"
        self.controlling = controlling
        self.selected: stun.Address | None = None
        self.round_trip = 0.0
        """Of the last answered check, seconds."""
        self._local, self._remote, self._dice = local, remote, dice
        self._tie_breaker = dice.getrandbits(64)
        self._out: list[tuple[bytes, stun.Address]] = []
        self._asked: dict[bytes, tuple[stun.Address, float]] = {}
        # address -> (due, wait after that)
        self._plan = {a: (now + PACE * i, FIRST_WAIT) for i, a in enumerate(candidates)}
        self._nominated: stun.Address | None = None
        self._heard = now
        self.advance(now)

    def take(self) -> list[tuple[bytes, stun.Address]]:
        """Return the checks to send now and where to."""
        out, self._out = self._out, []
        return out

    def deadline(self) -> float | None:
        """When `advance` has something to do, None for never."""
        if self.state == "failed":
            return None
        silence = CONSENT_EXPIRES if self.state == "connected" else GIVE_UP
        return min([self._heard + silence, *(due for due, _ in self._plan.values())])

    def advance(self, now: float) -> None:
        """Send what is due; fail after too long a silence."""
        if self.state == "failed":
            return
        if now >= self._heard + (CONSENT_EXPIRES if self.state == "connected" else GIVE_UP):
            self.state = "failed"
            return
        for address, (due, wait) in list(self._plan.items()):
            if now >= due:
                self._ask(address, now)
                if self.state == "connected":
                    self._plan[address] = (now + self._consent_wait(), wait)
                else:
                    self._plan[address] = (now + wait, min(2 * wait, LONGEST_WAIT))

    def receive(self, message: stun.Binding, now: float) -> None:
        """Take a STUN message; only an authentic answer to one of our checks counts."""
        asked = self._asked.pop(message.transaction, None)
        if asked is None or message.kind != "response":
            return
        if not message.is_from(self._remote.password):
            return
        address, at = asked
        if self.state == "checking" and self._nominated in (None, address):
            self.state, self.selected = "connected", address
            self._plan = {address: (now + self._consent_wait(), FIRST_WAIT)}
        if address == self.selected:
            self._heard, self.round_trip = now, now - at

    def nominate(self, address: stun.Address, now: float) -> None:
        """Note that an authentic check of the server's with USE-CANDIDATE came from this address,
        which need not be one of its candidates (RFC 8445 §7.3.1.3)."""
        if self.controlling:
            return
        self._nominated = address
        if self.state == "checking":
            self._plan.setdefault(address, (now, FIRST_WAIT))
        elif self.selected != address:
            self.selected = address
            self._plan = {address: (now, FIRST_WAIT)}

    def _ask(self, address: stun.Address, now: float) -> None:
        transaction = self._dice.getrandbits(96).to_bytes(12, "big")
        if len(self._asked) >= _REMEMBERED:
            self._asked.pop(next(iter(self._asked)))
        self._asked[transaction] = (address, now)
        check = stun.check(
            transaction,
            local=self._local,
            remote=self._remote,
            tie_breaker=self._tie_breaker,
            priority=_HOST_PRIORITY,
            use_candidate=self.controlling,
            controlling=self.controlling,
        )
        self._out.append((check, address))

    def _consent_wait(self) -> float:
        return CONSENT_INTERVAL * self._dice.uniform(0.8, 1.2)
