"""One device in a room."""

from dataclasses import dataclass, field

from scheduler.accounts import Identity
from signaling.protocol.server import Event
from signaling.protocol.views import DeviceKind, PeerView, SlotView
from signaling.sessions.session import Session


@dataclass(frozen=True, slots=True)
class Rights:
    """What a device's page offers; each act is checked again when it is done."""

    call_roll: bool = False
    give_floor: bool = False
    show_papers: bool = False


@dataclass(eq=False, slots=True)
class Peer:
    """A device's stay in a room, from join to leave over broken lines.

    `id` is new for each stay; it is the presence in the attendance log and the transport in the
    media worker as well. `place` is what stands under its picture; `people` are those signed in
    at this device, name by id, the last one last. `has_media`: the worker has a transport for it;
    `lost_media`: it had one, and must offer again. `recorded`: its stay is a fact of attendance;
    a stream's is not.
    """

    id: str
    session: Session
    kind: DeviceKind
    place: str
    site: str | None
    people: dict[str, str] = field(default_factory=dict)
    rights: Rights = Rights()
    audio_muted: bool = False
    video_muted: bool = False
    has_media: bool = False
    lost_media: bool = False
    media_state: str | None = None
    slots: tuple[SlotView, ...] = ()
    layers: dict[str, bool] = field(default_factory=dict)
    recorded: bool = True
    _seen: tuple[tuple[object, ...], PeerView] | None = field(default=None, init=False, repr=False)

    @property
    def identity(self) -> Identity:
        return self.session.identity

    @property
    def person(self) -> str | None:
        """Who sits at this device, as far as is known: the last one signed in."""
        return next(reversed(self.people), None)

    def tell(self, event: Event) -> None:
        """Send an event to this device alone."""
        self.session.post(event)

    def view(self) -> PeerView:
        """Return what the others see; the same object while nothing changes, because everybody
        who joins is shown everybody who is there."""
        person = self.person
        state = (person, self.audio_muted, self.video_muted, self.session.is_there)
        if self._seen is not None and self._seen[0] == state:
            return self._seen[1]
        view = self._view(person)
        self._seen = (state, view)
        return view

    def _view(self, person: str | None) -> PeerView:
        parts = [self.place, self.people[person] if person is not None else ""]
        return PeerView(
            peer=self.id,
            name=" · ".join(dict.fromkeys(part for part in parts if part)),
            site=self.site,
            kind=self.kind,
            person=person,
            audio_muted=self.audio_muted,
            video_muted=self.video_muted,
            connected=self.session.is_there,
        )
