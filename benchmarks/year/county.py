"""The county of the year: townships, village branches, network branches, members. Pure.

Everything is plainly synthetic; the same size and seed give the same county.
"""

import random
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

CITY: Final = "y-city"
BORN: Final = date(2000, 1, 1)
RENAMED: Final = "更名后示例村党支部"
_TOWN_DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True)
class Size:
    """How large a county is."""

    townships: int
    branches: int
    members: int
    network_branches: int
    first_secretaries: int


FULL: Final = Size(21, 455, 12_000, 6, 98)
SMALL: Final = Size(2, 5, 34, 1, 3)
"""Two of its branches have six members, and so no committee (art. 20)."""


@dataclass(frozen=True)
class Branch:
    """A village branch. `founded` and `dissolved` (last day) are None for nearly all."""

    id: str
    name: str
    township: str
    site: str
    room: str
    members: tuple[str, ...]
    committee: tuple[str, ...]
    exempt: frozenset[str]
    founded: date | None = None
    dissolved: date | None = None
    renamed_on: date | None = None


@dataclass(frozen=True)
class NetworkBranch:
    """A network branch; its members are members of village branches too."""

    id: str
    name: str
    site: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class County:
    """`mobiles` are the devices that members hold, by person."""

    townships: tuple[str, ...]
    branches: tuple[Branch, ...]
    networks: tuple[NetworkBranch, ...]
    mobiles: dict[str, str]

    @property
    def persons(self) -> list[str]:
        """All members, in order."""
        return [person for branch in self.branches for person in branch.members]


def found(size: Size, seed: int, year: int) -> County:
    """Make a county. In it one branch is founded in the year, one dissolved, one renamed."""
    chance = random.Random(seed)
    townships = tuple(f"y-t{n:02}" for n in range(1, size.townships + 1))
    numbers = _parts(chance, size.members, size.branches)
    branches, first = [], 0
    for n, number in enumerate(numbers, 1):
        members = tuple(f"y-m{first + k:05}" for k in range(1, number + 1))
        first += number
        exempt = frozenset(one for one in members if chance.random() < 0.04)
        branches.append(
            Branch(
                id=f"y-b{n:03}",
                name=f"示例{n:03}村党支部",
                township=townships[(n - 1) % size.townships],
                site=f"y-s{n:03}",
                room=f"y-r{n:03}",
                members=members,
                committee=members[: _committee_of(number)],
                exempt=exempt,
            )
        )
    branches[1] = replace(branches[1], founded=date(year, 5, 20))
    branches[2] = replace(branches[2], dissolved=date(year, 8, 31))
    branches[3] = replace(branches[3], renamed_on=date(year, 7, 1))
    mobiles = {
        person: f"y-d{person[3:]}"
        for branch in branches
        for person in branch.members
        if chance.random() < 0.1
    }
    secretaries = chance.sample(
        [person for branch in branches[4:] for person in branch.members], size.first_secretaries
    )
    networks = []
    for n in range(size.network_branches):
        members = tuple(sorted(secretaries[n :: size.network_branches]))
        networks.append(NetworkBranch(f"y-n{n + 1}", f"第{n + 1}示例网络党支部", "y-hall", members))
        mobiles |= {person: f"y-d{person[3:]}" for person in members}
    return County(townships, tuple(branches), tuple(networks), mobiles)


def _committee_of(members: int) -> int:
    if members < 7:
        return 0
    return 3 if members < 20 else 5


def _parts(chance: random.Random, whole: int, parts: int) -> list[int]:
    """Share out persons: every branch near the mean, all together exactly `whole`."""
    weights = [chance.uniform(0.6, 1.5) for _ in range(parts)]
    numbers = [max(6, round(whole * weight / sum(weights))) for weight in weights]
    while (over := sum(numbers) - whole) != 0:
        at = chance.randrange(parts)
        if over < 0 or numbers[at] > 6:
            numbers[at] -= 1 if over > 0 else -1
    return numbers


def rows(county: County) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the directory's tables."""
    units = [{"id": CITY, "tree": "party", "kind": "party_committee", "parent": None}]
    units += [
        {"id": one, "tree": "party", "kind": "party_committee", "parent": CITY}
        for one in county.townships
    ]
    units += [
        {"id": one.id, "tree": "party", "kind": "branch", "parent": one.township}
        for one in county.branches
    ]
    units += [
        {"id": one.id, "tree": "party", "kind": "network_branch", "parent": CITY}
        for one in county.networks
    ]
    names = [(CITY, BORN, "示例市委")]
    names += [(one, BORN, f"示例{_number(n)}镇党委") for n, one in enumerate(county.townships, 1)]
    names += [(one.id, BORN, one.name) for one in county.branches]
    names += [(one.id, BORN, one.name) for one in county.networks]
    names += [(one.id, one.renamed_on, RENAMED) for one in county.branches if one.renamed_on]
    sites = [{"id": "y-hall", "name": "示例会议室", "kind": "city", "unit": CITY}]
    sites += [
        {"id": one.site, "name": f"{one.name}会场", "kind": "village", "unit": one.id}
        for one in county.branches
    ]
    devices = [
        {"id": one.room, "kind": "meeting_room", "name": one.room, "site": one.site}
        for one in county.branches
    ]
    devices += [
        {"id": device, "kind": "mobile", "name": device, "holder": person}
        for person, device in county.mobiles.items()
    ]
    home = [(person, one.id, "home") for one in county.branches for person in one.members]
    network = [(person, one.id, "network") for one in county.networks for person in one.members]
    return {
        "unit": units,
        "unit_name": [{"unit": u, "since": since, "name": name} for u, since, name in names],
        "person": [
            {"id": person, "name": f"示例党员{person[3:]}", "phone": None}
            for person in county.persons
        ],
        "site": sites,
        "device": [{"site": None, "holder": None} | device for device in devices],
        "membership": [
            {
                "person": person,
                "unit": unit,
                "kind": kind,
                "standing": "full_member",
                "voting": True,
                "since": BORN,
                "until": None,
            }
            for person, unit, kind in [*home, *network]
        ],
    }


def lives(county: County, at: datetime) -> list[dict[str, Any]]:
    """Return the rows of the branches that were founded or dissolved."""
    return [
        {
            "unit": one.id,
            "founded": one.founded,
            "dissolved": one.dissolved,
            "changed_at": at,
            "changed_by": None,
        }
        for one in county.branches
        if one.founded or one.dissolved
    ]


def _number(n: int) -> str:
    tens, ones = divmod(n, 10)
    text = ("" if tens < 2 else _TOWN_DIGITS[tens]) + ("十" if tens else "")
    return text + (_TOWN_DIGITS[ones] if ones else "")
