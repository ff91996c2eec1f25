"""How often a secret may be tried.

A try is counted before the secret is looked at, and given back if it was right, so that many tries
at once do not slip through together. The window begins with the first try and does not move.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from scheduler.accounts.tokens import fingerprint
from scheduler.clock import Clock
from scheduler.errors import Refused
from scheduler.store import account_rows
from scheduler.store.engine import Store


@dataclass(frozen=True, slots=True)
class Bound:
    """At most `most` wrong tries of what `subject` names within the window.

    `personal`: being right once wipes the slate, where otherwise only that one try is given back.
    """

    subject: tuple[str, ...]
    most: int
    window: timedelta
    personal: bool = False

    @property
    def key(self) -> str:
        return fingerprint(*self.subject)


def sign_in_bounds(login: str, source: str) -> tuple[Bound, ...]:
    """Return the bounds for a password: per name and address, and wider ones for each alone."""
    window = timedelta(minutes=15)
    narrow = Bound(("sign-in", login, source), 5, window, personal=True)
    if not source:
        return (narrow,)
    return (
        narrow,
        Bound(("sign-in-login", login), 50, window),
        Bound(("sign-in-source", source), 50, window),
    )


def pairing_bounds(source: str) -> tuple[Bound, ...]:
    """Return the bounds for a pairing code: per address, and for the whole house.

    A hundred guesses in the ten minutes a code lives find one of ten live codes once in a thousand
    such attacks.
    """
    window = timedelta(minutes=10)
    house = Bound(("pair",), 100, window)
    return (house, Bound(("pair-source", source), 10, window)) if source else (house,)


def pin_bounds(person: str) -> tuple[Bound, ...]:
    """Return the bound for a PIN: five wrong ones in a quarter of an hour."""
    return (Bound(("pin", person), 5, timedelta(minutes=15), personal=True),)


class Tries:
    """Counts tries in the store, so that neither a restart nor a second node forgets them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def spend(self, bounds: Sequence[Bound]) -> None:
        """Count one try; raise Refused("too_many_tries") where a bound is exceeded."""
        now = self._clock.now()
        exceeded = False
        async with self._store.begin() as connection:
            for bound in sorted(bounds, key=lambda each: each.key):  # one order: no deadlock
                count = await account_rows.count_try(connection, bound.key, now, now + bound.window)
                exceeded |= count > bound.most
        if exceeded:
            raise Refused("too_many_tries")

    async def give_back(self, bounds: Sequence[Bound]) -> None:
        """Take the try back: the secret was right."""
        personal = [bound.key for bound in bounds if bound.personal]
        shared = [bound.key for bound in bounds if not bound.personal]
        async with self._store.begin() as connection:
            await account_rows.forget_tries(connection, personal)
            await account_rows.give_back_tries(connection, shared)
