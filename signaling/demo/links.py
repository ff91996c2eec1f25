"""One-time sign-in links of the demonstration, with their QR codes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

import segno

from scheduler.accounts import Accounts
from scheduler.directory.service import Directory
from signaling.demo.cast import Cast, free_phone
from signaling.http.addresses import Addresses

LIFETIME: Final = timedelta(hours=12)
Part = Literal["video_phone", "meeting_room", "organizer", "mobile"]


@dataclass(frozen=True, slots=True)
class DemoLink:
    """A part a visitor can take. `local` and `network` are two links, each good for one use;
    `network` is None where only this machine reaches the server. `label` is whose it is; a person
    signs records with `pin`."""

    part: Part
    label: str
    page: str
    local: str
    network: str | None
    pin: str | None

    @property
    def path(self) -> str:
        """The local link without the host, for a page that is open already."""
        return "/l/" + self.local.rpartition("/l/")[2]

    def qr_svg(self) -> str | None:
        """Return the QR code of the network link as a data URI."""
        if self.network is None:
            return None
        return str(
            segno.make(self.network, error="m").svg_data_uri(scale=4, border=2, light="#fff")
        )


async def issue_links(
    accounts: Accounts,
    directory: Directory,
    cast: Cast,
    addresses: Addresses,
    pin: str,
    connected: frozenset[str] = frozenset(),
) -> tuple[DemoLink, ...]:
    """Issue fresh links for all parts; the phone is one that no device in `connected` is."""
    phone = free_phone(cast, connected)
    organizer = (await directory.person(cast.organizer)).name
    parts: tuple[tuple[Part, str, str, str | None, str | None], ...] = (
        ("video_phone", phone.name, "/phone", phone.id, None),
        ("meeting_room", cast.room.name, "/room", cast.room.id, None),
        ("organizer", organizer, "/organizer", None, cast.organizer),
        ("mobile", cast.mobile.name, "/phone", cast.mobile.id, cast.mobile.holder),
    )
    links = []
    for part, label, page, device, person in parts:

        async def url(base: str, device: str | None = device, person: str | None = person) -> str:
            token = await accounts.issue_link(device=device, person=person, lifetime=LIFETIME)
            return f"{base}/l/{token}"

        network = await url(addresses.network) if addresses.network is not None else None
        local = await url(addresses.local)
        links.append(DemoLink(part, label, page, local, network, pin if person else None))
    return tuple(links)
