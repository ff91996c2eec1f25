"""What signing in gives."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from scheduler.directory.model import Device, Person, RoleGrant

StreamScope = Literal["whip", "whep"]
"""What a stream token is for: to send into a meeting's room, or to watch it."""


@dataclass(frozen=True, slots=True)
class StreamGrant:
    """What a stream token allows: one scope in the room of one occurrence.

    `id` names the token in logs and opens nothing; `label` is what people read under the picture.
    """

    id: str
    occurrence: str
    scope: StreamScope
    label: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is asking: an enrolled device, a person, a person on a device, or a stream.

    `grants` are the person's, in force today; a device alone has none. A `stream` is neither
    device nor person.
    """

    device: Device | None
    person: Person | None
    grants: tuple[RoleGrant, ...]
    expires_at: datetime
    stream: StreamGrant | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A fresh sign-in. The token is told this once and kept nowhere; the store has its hash."""

    token: str = field(repr=False)
    identity: Identity
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PairingCode:
    """Six digits that enrol one device once."""

    code: str = field(repr=False)
    expires_at: datetime
