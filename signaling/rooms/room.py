"""The room of one open occurrence: who is in it, who came, who is on the main picture."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from scheduler.accounts import Identity
from scheduler.meetings.model import Occurrence, Roster, RosterPerson
from scheduler.rules.model import TypeRule
from scheduler.votes.quorum import main_site, quorum_of
from signaling.protocol.codec import Frame
from signaling.protocol.server import Event
from signaling.protocol.views import Counts, Invitation, PaperView, Quorum, VoteView
from signaling.rooms.door import Door
from signaling.rooms.peer import Peer
from signaling.sessions.session import Session

PRESENT_MARKS = frozenset({"present", "late"})


class Room:
    """State without I/O: it tells its peers, but reads and writes nothing.

    `arrived` holds the persons who came by a device of their own, also those who have left again;
    `rolls` the last marks of the roll calls by site. `door` keeps the facts of joining, leaving
    and closing in one order.
    """

    def __init__(
        self,
        occurrence: Occurrence,
        roster: Roster,
        *,
        unit_name: str,
        site_names: Mapping[str, str],
    ) -> None:
        self.occurrence = occurrence
        self.unit_name = unit_name
        self.site_names = site_names
        self.peers: dict[str, Peer] = {}
        self._peer_by_session: dict[str, Peer] = {}
        self.speaker: str | None = None
        self.floor: str | None = None
        self.paper: PaperView | None = None
        """What is shown to everybody here."""
        self.arrived: set[str] = set()
        self.rolls: dict[str, dict[str, str]] = {}
        self.door = Door()
        self.closed = False
        self.rule: TypeRule | None = None
        self.quorum_told: Quorum | None = None
        """What everybody here knows; counting 235 people anew for each who joins is dear."""
        self.votes: tuple[VoteView, ...] = ()
        self.choices: dict[str, dict[str, str]] = {}
        """What was chosen on devices in the votes that are open, by vote and person."""
        self._persons: dict[str, RosterPerson] = {}
        self.sites: frozenset[str] = frozenset()
        self._main: str | None = None
        self.set_roster(roster)

    @property
    def id(self) -> str:
        return self.occurrence.id

    def set_roster(self, roster: Roster) -> None:
        """Take the list of who is expected, as it is now."""
        self._persons = {entry.person: entry for entry in roster.persons}
        self.sites = frozenset(roster.sites)
        self._main = main_site(self.occurrence, roster.persons, roster.sites)

    def expects(self, person: str | None) -> bool:
        """Say whether a person is on the list, with a vote or without."""
        return person in self._persons

    def entry(self, person: str) -> RosterPerson | None:
        """Return what the list says of a person."""
        return self._persons.get(person)

    def votes_of(self, person: str) -> bool:
        """Say whether a person has a vote here."""
        entry = self._persons.get(person)
        return entry is not None and entry.votes

    def of_site(self, site: str) -> list[RosterPerson]:
        """Return who is expected at a site."""
        return [entry for entry in self._persons.values() if entry.site == site]

    def invites(self, identity: Identity) -> bool:
        """Say whether the meeting calls this device: for its site, its holder, or who uses it."""
        runs = {self.occurrence.host, self.occurrence.recorder} - {None}
        person, device = identity.person, identity.device
        if person is not None and (self.expects(person.id) or person.id in runs):
            return True
        return device is not None and (
            device.site in self.sites or self.expects(device.holder) or device.holder in runs
        )

    def peer_of(self, session: Session) -> Peer | None:
        """Return the peer a session has here."""
        return self._peer_by_session.get(session.key)

    def add(self, peer: Peer) -> None:
        """Let a device in; those signed in at it have arrived."""
        self.peers[peer.id] = peer
        self._peer_by_session[peer.session.key] = peer
        self.arrived.update(peer.people)

    def remove(self, peer: Peer) -> bool:
        """Let a device out; say whether it was in."""
        self._peer_by_session.pop(peer.session.key, None)
        return self.peers.pop(peer.id, None) is not None

    def seat(self, peer: Peer, person: str, name: str) -> None:
        """Write on a device who sits at it."""
        peer.people.pop(person, None)
        peer.people[person] = name
        self.arrived.add(person)

    def broadcast(self, event: Event, besides: Peer | None = None) -> None:
        """Tell everybody; serialised once."""
        frame = Frame.event(event)
        for peer in self.peers.values():
            if peer is not besides:
                peer.session.post(frame)

    def mark(self, site: str, person: str, mark: str, substitute: str | None) -> None:
        """Take over a tick of a roll call; the last one of a person counts, wherever it was made.

        Somebody for whom a substitute came did not come.
        """
        for marks in self.rolls.values():
            marks.pop(person, None)
        stands = mark if substitute is None or mark not in PRESENT_MARKS else "absent"
        self.rolls.setdefault(site, {})[person] = stands

    def came(self) -> set[str]:
        """Return the persons who came so far, by a device or by a roll call."""
        marked = (marks.items() for marks in self.rolls.values())
        return self.arrived | {
            person for marks in marked for person, mark in marks if mark in PRESENT_MARKS
        }

    def here(self) -> set[str]:
        """Return the persons who are in the room at this moment."""
        return self._here(self.peers.values())

    def quorum(self) -> Quorum:
        """Count both denominators; where video does not count, who is at the main site."""
        by_video = self.rule is None or self.rule.video_counts
        counted = [peer for peer in self.peers.values() if by_video or peer.site == self._main]
        view = quorum_of(self.rule, self._persons.values(), self._here(counted))
        return Quorum(**asdict(view))

    def _here(self, peers: Iterable[Peer]) -> set[str]:
        """Return who is at these devices, or was ticked at their sites."""
        there = list(peers)
        people = {person for peer in there for person in peer.people}
        for site in {peer.site for peer in there if peer.recorded} - {None}:
            marks = self.rolls.get(site or "", {})
            people |= {person for person, mark in marks.items() if mark in PRESENT_MARKS}
        return people

    def counts(self) -> Counts:
        """Count 应到, 实到 and 请假 of those whose standing is `expected`, and uncounted rooms."""
        came = self.came()
        expected = [entry for entry in self._persons.values() if entry.standing == "expected"]
        away = [entry for entry in expected if entry.person not in came]
        marks = {person: mark for roll in self.rolls.values() for person, mark in roll.items()}
        return Counts(
            expected=len(expected),
            present=len(expected) - len(away),
            on_leave=sum(entry.leave or marks.get(entry.person) == "leave" for entry in away),
            uncounted_rooms=sum(
                peer.kind == "meeting_room" and peer.site not in self.rolls
                for peer in self.peers.values()
            ),
        )

    def invitation(self, *, ringing: bool) -> Invitation:
        """Return what the devices called are told."""
        return Invitation(
            occurrence=self.id,
            title=self.occurrence.title,
            unit=self.unit_name,
            starts_at=self.occurrence.scheduled_start,
            ends_at=self.occurrence.scheduled_end,
            ringing=ringing,
        )
