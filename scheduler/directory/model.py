"""The nouns of the directory and the words their kinds are chosen from (DOMAIN words)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

Tree = Literal["party", "admin"]
DeviceKind = Literal["video_phone", "meeting_room", "mobile", "desktop"]
MembershipKind = Literal["home", "network", "floating_host", "group"]
CommitteePost = Literal[
    "secretary",
    "deputy_secretary",
    "organization",
    "publicity",
    "discipline",
    "committee_member",
]
PostName = Literal[CommitteePost, "group_leader"]
Standing = Literal["full_member", "probationary_member", "applicant_activist"]
Scope = Literal["unit", "site"]

UNIT_KINDS: Final[Mapping[Tree, tuple[str, ...]]] = {
    "party": (
        "party_committee",
        "party_working_committee",
        "general_branch",
        "branch",
        "party_group",
        "network_branch",
        "temporary_branch",
    ),
    "admin": (
        "city",
        "subdistrict",
        "town",
        "township",
        "village",
        "community",
        "institution",
    ),
}

COMMITTEE_POSTS: Final[tuple[CommitteePost, ...]] = get_args(CommitteePost)
"""The posts whose holders are the committee of a branch (支部委员会), in the order of papers."""

SMALLEST_COMMITTEE: Final = 3
"""A committee has three to five members, at most seven. A branch with fewer than seven full members
has a secretary, perhaps a deputy, and no committee (Branch Work Regulations 2018, art. 20)."""

GROUP_LEADER: Final[PostName] = "group_leader"
"""The post that a party group (党小组) has in the place of a committee."""

SITE_KINDS: Final = ("city", "township", "village", "hospital", "clinic", "education_site")

ROLE_SCOPES: Final[Mapping[str, Scope | None]] = {
    "city_org_admin": None,
    "township_admin": "unit",
    "branch_secretary": "unit",
    "recorder": None,
    "first_secretary": "site",
    "member": None,
    "observer": None,
    "site_operator": "site",
    "village_doctor": "site",
    "hospital_dispatcher": "site",
    "hospital_doctor": "site",
    "service_clerk": "site",
    "tech_admin": None,
    "auditor": None,
}
"""The roles, each with what a grant of it must name: a unit, a site, or neither."""


@dataclass(frozen=True, slots=True)
class OrgUnit:
    """A unit of the Party tree or of the administrative tree, with its name on the day asked."""

    id: str
    tree: Tree
    kind: str
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class UnitName:
    """A name of a unit, from `since` until the next one."""

    unit: str
    since: date
    name: str


@dataclass(frozen=True, slots=True)
class Site:
    """A place where devices stand; belongs to a unit."""

    id: str
    name: str
    kind: str
    unit: str


@dataclass(frozen=True, slots=True)
class Device:
    """A device, which is not a person; joining may sign its `holder` in."""

    id: str
    kind: DeviceKind
    name: str
    site: str | None
    holder: str | None
    revoked: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Least data: the name, and where notices are sent there a telephone number or an address."""

    id: str
    name: str
    phone: str | None
    mail: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A person in a unit of the Party tree. `voting`: counts among the expected voting members.
    `group` is the party group (党小组) of somebody whose home is the branch above it."""

    person: str
    unit: str
    kind: MembershipKind
    standing: Standing
    voting: bool
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Post:
    """A post (党内职务) of a member in a unit of the Party tree, from one day to another. Somebody
    may hold several; a role says what somebody may do here, a post whom the branch elected."""

    person: str
    unit: str
    post: PostName
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A role, over a unit with all below it, or over a site, or over neither."""

    person: str
    role: str
    unit: str | None
    site: str | None
