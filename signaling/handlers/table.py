"""Every message with the permission it needs, what it costs, and who handles it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from signaling.access import Permission
from signaling.handlers import following, joining, media, papers, roll_call, signing_in, voting
from signaling.protocol import client
from signaling.protocol.views import View

Handler = Callable[..., Awaitable[View | None]]
"""Called with the floor, the session and the message; the view it returns is the `result`."""


@dataclass(frozen=True, slots=True)
class Action:
    """`needs` is asked of some role of the sender before the handler runs; the handler asks again
    for the very thing the message names. `cost` is in tokens of the connection's bucket."""

    needs: Permission
    handle: Handler
    cost: float = 1.0


_P = Permission

ACTIONS: Final[Mapping[type[Any], Action]] = {
    client.Ping: Action(_P.SELF, joining.ping),
    client.Join: Action(_P.MEETING_JOIN, joining.join, cost=5),
    client.Leave: Action(_P.SELF, joining.leave),
    client.Decline: Action(_P.SELF, joining.decline),
    client.MediaOffer: Action(_P.MEETING_JOIN, media.offer, cost=10),
    client.MediaRestartIce: Action(_P.MEETING_JOIN, media.restart_ice, cost=5),
    client.MediaMute: Action(_P.MEETING_JOIN, media.mute),
    client.FloorGive: Action(_P.FLOOR_GIVE, media.give_floor),
    client.PaperShow: Action(_P.PAPERS_SHOW, papers.show, cost=5),
    client.PaperEnd: Action(_P.PAPERS_SHOW, papers.end, cost=5),
    client.SignIn: Action(_P.MEETING_SIGN_IN, signing_in.sign_in, cost=10),
    client.RollCallList: Action(_P.ROLL_CALL, roll_call.list_roll),
    client.RollCallMark: Action(_P.ROLL_CALL, roll_call.mark_roll),
    client.RollCallOthers: Action(_P.ROLL_CALL, roll_call.list_others, cost=5),
    client.RollCallAttend: Action(_P.ROLL_CALL, roll_call.attend, cost=5),
    client.VoteCast: Action(_P.MEETING_JOIN, voting.cast, cost=5),
    client.VoteCount: Action(_P.ROLL_CALL, voting.count, cost=5),
    client.PresenceAnswer: Action(_P.MEETING_JOIN, voting.answer, cost=5),
    client.Watch: Action(_P.ATTENDANCE_READ, following.watch),
    client.Unwatch: Action(_P.SELF, following.unwatch),
}
"""`hello` is not here: it makes the session (signaling/socket.py), and the identity it needs was
proved before the connection was accepted."""
