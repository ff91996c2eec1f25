"""The one table of roles and permissions (DOMAIN, section 7), and who holds which role.

A role gives permissions; its reach says over what. Whoever is not in the table has nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scheduler.accounts import Identity


class Permission(StrEnum):
    """What a route or a message needs. `PUBLIC` is the explicit exception for everybody."""

    PUBLIC = "public"
    SELF = "self"
    MEETINGS_READ = "meetings.read"
    MEETINGS_SCHEDULE = "meetings.schedule"
    MEETINGS_CONVENE = "meetings.convene"
    MEETINGS_RUN = "meetings.run"
    HOLIDAYS_EDIT = "holidays.edit"
    MEETING_JOIN = "meeting.join"
    MEETING_SIGN_IN = "meeting.sign_in"
    FLOOR_GIVE = "floor.give"
    PAPERS_SHOW = "papers.show"
    ROLL_CALL = "roll_call"
    LEAVE_REQUEST = "leave.request"
    LEAVE_APPROVE = "leave.approve"
    ATTENDANCE_READ = "attendance.read"
    ATTENDANCE_CORRECT = "attendance.correct"
    STATISTICS_READ = "statistics.read"
    BRANCHES_EDIT = "branches.edit"
    RECORDS_READ = "records.read"
    RECORDS_WRITE = "records.write"
    RECORDS_REVIEW = "records.review"
    RECORDS_SIGN = "records.sign"
    DIRECTORY_READ = "directory.read"
    DEVICES_READ = "devices.read"
    DEVICES_ENROL = "devices.enrol"
    SETTINGS_READ = "settings.read"
    ROOMS_INSPECT = "rooms.inspect"
    LOGS_READ = "logs.read"
    CONSULTATIONS = "consultations"
    SERVICES = "services"
    STREAM_SEND = "stream.send"
    STREAM_WATCH = "stream.watch"


class Reach(StrEnum):
    """Over what a role's permissions hold."""

    EVERYWHERE = "everywhere"
    SUBTREE = "subtree"  # the unit of the grant and all below it, in both trees
    GRANTED = "granted"  # the unit and the site of the grant
    HOSTED = "hosted"  # occurrences whose host the person is
    RECORDED = "recorded"  # occurrences whose recorder the person is
    TOKEN = "token"  # the occurrence that a stream token was issued for
    INVITED = "invited"  # occurrences with this person or this device's site on the roster


_P = Permission
_SEE: Final = frozenset({_P.MEETINGS_READ, _P.MEETING_JOIN})
_RUN: Final = _SEE | {
    _P.MEETINGS_RUN,
    _P.FLOOR_GIVE,
    _P.PAPERS_SHOW,
    _P.ROLL_CALL,
    _P.ATTENDANCE_READ,
    _P.ATTENDANCE_CORRECT,
}
_RECORD: Final = frozenset({_P.RECORDS_READ, _P.RECORDS_WRITE, _P.RECORDS_SIGN})
_ORGANIZE: Final = _RUN | {
    _P.MEETINGS_SCHEDULE,
    _P.MEETINGS_CONVENE,
    _P.LEAVE_APPROVE,
    _P.STATISTICS_READ,
    _P.RECORDS_READ,
    _P.DIRECTORY_READ,
    _P.DEVICES_READ,
}

ROLE_PERMISSIONS: Final[Mapping[str, frozenset[Permission]]] = {
    # granted in the directory
    "city_org_admin": _ORGANIZE
    | {_P.RECORDS_REVIEW, _P.DEVICES_ENROL, _P.HOLIDAYS_EDIT, _P.BRANCHES_EDIT},
    "township_admin": _ORGANIZE | {_P.RECORDS_REVIEW, _P.DEVICES_ENROL, _P.BRANCHES_EDIT},
    "branch_secretary": _ORGANIZE | _RECORD,
    "recorder": _SEE | _RECORD | {_P.ROLL_CALL, _P.ATTENDANCE_READ, _P.ATTENDANCE_CORRECT},
    "first_secretary": _SEE
    | {
        _P.ATTENDANCE_READ,
        _P.STATISTICS_READ,
        _P.ROLL_CALL,
        _P.DIRECTORY_READ,
        _P.MEETINGS_CONVENE,
        _P.RECORDS_READ,
    },
    "member": frozenset({_P.LEAVE_REQUEST}) | _SEE,
    "observer": _SEE,
    "site_operator": _SEE | {_P.ROLL_CALL, _P.DEVICES_READ, _P.DEVICES_ENROL},
    "village_doctor": frozenset({_P.CONSULTATIONS}),
    "hospital_dispatcher": frozenset({_P.CONSULTATIONS}),
    "hospital_doctor": frozenset({_P.CONSULTATIONS}),
    "service_clerk": frozenset({_P.SERVICES}),
    "tech_admin": frozenset(
        {_P.DEVICES_READ, _P.DEVICES_ENROL, _P.SETTINGS_READ, _P.ROOMS_INSPECT}
    ),
    "auditor": frozenset({_P.LOGS_READ}),
    # follow from who asks, without a grant
    "person": frozenset({_P.SELF, _P.LEAVE_REQUEST, _P.STATISTICS_READ}) | _SEE,
    "host": _RUN | _RECORD,
    "device": frozenset({_P.SELF, _P.MEETING_SIGN_IN}) | _SEE,
    "meeting_room": frozenset({_P.ROLL_CALL}) | _SEE,
    "stream_sender": frozenset({_P.STREAM_SEND}),
    "stream_player": frozenset({_P.STREAM_WATCH}),
}

_EVERYWHERE: Final = frozenset({Reach.EVERYWHERE})
_SUBTREE: Final = frozenset({Reach.SUBTREE})
_INVITED: Final = frozenset({Reach.INVITED})
_NOWHERE: Final[frozenset[Reach]] = frozenset()

ROLE_REACH: Final[Mapping[str, frozenset[Reach]]] = {
    "city_org_admin": _EVERYWHERE,
    "township_admin": _SUBTREE,
    "branch_secretary": _SUBTREE,
    "recorder": frozenset({Reach.RECORDED}),
    "first_secretary": frozenset({Reach.GRANTED, Reach.INVITED}),
    "member": _INVITED,
    "observer": _INVITED,
    "site_operator": frozenset({Reach.GRANTED}),
    "village_doctor": _NOWHERE,
    "hospital_dispatcher": _NOWHERE,
    "hospital_doctor": _NOWHERE,
    "service_clerk": _NOWHERE,
    "tech_admin": _EVERYWHERE,
    "auditor": _EVERYWHERE,
    "person": _INVITED,
    "host": frozenset({Reach.HOSTED}),
    "device": _INVITED,
    "meeting_room": frozenset({Reach.GRANTED}),
    "stream_sender": frozenset({Reach.TOKEN}),
    "stream_player": frozenset({Reach.TOKEN}),
}
"""A role that reaches nowhere may only ask for what is its own."""


@dataclass(frozen=True, slots=True)
class Held:
    """A role somebody holds, with the unit and the site it was given for."""

    role: str
    unit: str | None = None
    site: str | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        return ROLE_PERMISSIONS.get(self.role, frozenset())

    @property
    def reach(self) -> frozenset[Reach]:
        return ROLE_REACH.get(self.role, _NOWHERE)


def held_by(identity: Identity) -> Iterator[Held]:
    """Yield the roles of who asks: granted ones and those that follow from being who they are."""
    for grant in identity.grants:
        yield Held(grant.role, grant.unit, grant.site)
    if identity.person is not None:
        yield Held("person")
        yield Held("host")
        yield Held("recorder")
    if identity.stream is not None:
        yield Held("stream_sender" if identity.stream.scope == "whip" else "stream_player")
    if identity.device is not None:
        yield Held("device", site=identity.device.site)
        if identity.device.kind == "meeting_room":
            yield Held("meeting_room", site=identity.device.site)
