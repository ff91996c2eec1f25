"""What signing in gives."""

from dataclasses import dataclass, field
from datetime import datetime

from scheduler.directory.model import Device, Person, RoleGrant


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is asking: an enrolled device, a person, or a person on a device.

    `grants` are the person's, in force today; a device alone has none.
    """

    device: Device | None
    person: Person | None
    grants: tuple[RoleGrant, ...]
    expires_at: datetime


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
