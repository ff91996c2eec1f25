"""Every message names the permission it needs; every role is tried on every message."""

from types import SimpleNamespace
from typing import Any, cast, get_args

import pytest

from scheduler.accounts import Identity
from scheduler.directory.service import Directory
from scheduler.errors import Refused
from scheduler.meetings.service import Meetings
from signaling.access import Access
from signaling.floor import Floor
from signaling.handlers import switch
from signaling.handlers.table import ACTIONS, Action
from signaling.protocol import client
from signaling.protocol.client import ClientMessage
from signaling.roles import ROLE_PERMISSIONS, Permission
from tests.signaling.builders import START, device, identity, phone, session

EXAMPLES: dict[type[client.Request], client.Request] = {
    client.Ping: client.Ping(type="ping", id=1),
    client.Join: client.Join(type="join", id=1, occurrence="o"),
    client.Leave: client.Leave(type="leave", id=1),
    client.Decline: client.Decline(type="decline", id=1, occurrence="o"),
    client.MediaOffer: client.MediaOffer(type="media.offer", id=1, sdp=""),
    client.MediaRestartIce: client.MediaRestartIce(type="media.restart_ice", id=1),
    client.MediaMute: client.MediaMute(type="media.mute", id=1, audio=True, video=True),
    client.SignIn: client.SignIn(type="sign_in", id=1, person="p", pin="1234"),
    client.RollCallList: client.RollCallList(type="roll_call.list", id=1),
    client.RollCallMark: client.RollCallMark(
        type="roll_call.mark", id=1, person="p", mark="present"
    ),
    client.RollCallOthers: client.RollCallOthers(type="roll_call.others", id=1),
    client.RollCallAttend: client.RollCallAttend(type="roll_call.attend", id=1, person="p"),
    client.VoteCast: client.VoteCast(type="vote.cast", id=1, vote="v", person="p", choice="for"),
    client.VoteCount: client.VoteCount(
        type="vote.count", id=1, vote="v", in_favour=1, against=0, abstain=0
    ),
    client.PresenceAnswer: client.PresenceAnswer(type="presence.answer", id=1, check="c"),
    client.FloorGive: client.FloorGive(type="floor.give", id=1, peer=None),
    client.PaperShow: client.PaperShow(type="paper.show", id=1, attachment="a", page=1),
    client.PaperEnd: client.PaperEnd(type="paper.end", id=1),
    client.Watch: client.Watch(type="watch", id=1, occurrence="o"),
    client.Unwatch: client.Unwatch(type="unwatch", id=1, occurrence="o"),
}
GRANTED = sorted(set(ROLE_PERMISSIONS) - {"person", "host", "recorder", "device", "meeting_room"})


def floor() -> Floor:
    access = Access(cast("Directory", None), cast("Meetings", None))
    return cast("Floor", SimpleNamespace(access=access))


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The messages that reached a handler; the handlers themselves do nothing."""
    found: list[str] = []

    async def handle(_floor: Floor, _session: object, message: Any) -> None:
        found.append(message.type)

    quiet = {kind: Action(action.needs, handle) for kind, action in ACTIONS.items()}
    monkeypatch.setattr(switch, "ACTIONS", quiet)
    return found


def test_every_message_but_hello_is_in_the_table() -> None:
    messages = set(get_args(get_args(ClientMessage)[0])) - {client.Hello}
    assert set(ACTIONS) == messages == set(EXAMPLES)


def test_no_message_is_for_everybody() -> None:
    assert Permission.PUBLIC not in {action.needs for action in ACTIONS.values()}


def of_person(role: str) -> tuple[Identity, frozenset[Permission]]:
    """A person with one grant; being a person alone gives what host and recorder may."""
    implied = frozenset().union(*(ROLE_PERMISSIONS[r] for r in ("person", "host", "recorder")))
    return identity(None, "p1", role), ROLE_PERMISSIONS[role] | implied


def of_device(kind: str) -> tuple[Identity, frozenset[Permission]]:
    if kind == "meeting_room":
        own = ROLE_PERMISSIONS["device"] | ROLE_PERMISSIONS["meeting_room"]
        return identity(device("meeting_room", "d1", site="s1")), own
    return identity(phone(site="s1")), ROLE_PERMISSIONS["device"]


@pytest.mark.parametrize(
    ("who", "may"),
    [of_person(role) for role in GRANTED] + [of_device("phone"), of_device("meeting_room")],
    ids=[*GRANTED, "device", "meeting_room"],
)
@pytest.mark.parametrize("message", EXAMPLES.values(), ids=lambda m: m.type)
async def test_a_message_reaches_its_handler_exactly_for_who_may(
    who: Identity, may: frozenset[Permission], message: client.Request, reached: list[str]
) -> None:
    needs = ACTIONS[type(message)].needs
    if needs in may:
        await switch.carry_out(floor(), session(who), message)
        assert len(reached) == 1
    else:
        with pytest.raises(Refused, match="not_allowed"):
            await switch.carry_out(floor(), session(who), message)
        assert reached == []


@pytest.mark.parametrize("message", EXAMPLES.values(), ids=lambda m: m.type)
async def test_nobody_may_nothing(message: client.Request, reached: list[str]) -> None:
    nobody = Identity(None, None, (), START)
    with pytest.raises(Refused, match="not_allowed"):
        await switch.carry_out(floor(), session(nobody), message)
    assert reached == []
