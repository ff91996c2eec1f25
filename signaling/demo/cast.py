"""Who plays in the demonstration: the devices of the synthetic villages, those of the visitors."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from scheduler.directory.model import Device
from scheduler.directory.service import Directory
from scheduler.meetings.model import Roster

KEPT_FOR_VISITORS: Final = 2
"""Phones of first secretaries that stay free for visitors, however many are synthetic."""


@dataclass(frozen=True, slots=True)
class Cast:
    """`visitors` are free village phones whose holder is expected, the first is offered first."""

    synthetic: tuple[Device, ...]
    visitors: tuple[Device, ...]
    room: Device
    mobile: Device
    organizer: str


async def choose(directory: Directory, roster: Roster, participants: int) -> Cast:
    """Give each device of the meeting its part.

    The mobile belongs to a person who is expected, so that person's village phone stays dark.
    """
    expected = [entry.person for entry in roster.persons if entry.standing == "expected"]
    held = [d for d in await directory.devices_held_by(expected) if not d.revoked]
    standing = [d for d in await directory.devices_at(roster.sites) if not d.revoked]
    mobile = next(device for device in held if device.kind == "mobile")
    phones = [d for d in held if d.kind == "video_phone" and d.holder != mobile.holder]
    listening = [d for d in standing if d.kind == "video_phone" and d.holder is None]
    visitors, others = phones[:KEPT_FOR_VISITORS], phones[KEPT_FOR_VISITORS:]
    synthetic = [*others, *listening][:participants]
    free = [device for device in others if device not in synthetic]
    return Cast(
        synthetic=tuple(synthetic),
        visitors=(*visitors, *free),
        room=next(device for device in standing if device.kind == "meeting_room"),
        mobile=mobile,
        organizer=sorted(grant.person for grant in await directory.grants_of("city_org_admin"))[0],
    )


def free_phone(cast: Cast, connected: Collection[str]) -> Device:
    """Return a visitor's phone that nobody uses now; the first one when all are in use."""
    unused = (device for device in cast.visitors if device.id not in connected)
    return next(unused, cast.visitors[0])
