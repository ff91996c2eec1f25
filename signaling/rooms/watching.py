"""Live attendance for those who follow a meeting from outside."""

from collections.abc import Callable

from scheduler.attendance.model import OccurrenceReport
from scheduler.attendance.reports import Reports
from signaling.protocol.codec import Frame
from signaling.protocol.server import Attendance
from signaling.protocol.views import AttendanceRow, AttendanceView, Counts
from signaling.rooms.pulse import Pulse
from signaling.rooms.room import Room
from signaling.sessions.session import Session

INTERVAL_S = 1.0


class Watching:
    """Tells the watchers of an occurrence its attendance: computed and serialised once for all of
    them, at most once in `INTERVAL_S` seconds. `find` returns a live room by its id."""

    def __init__(self, reports: Reports, find: Callable[[str], Room | None]) -> None:
        self._reports = reports
        self._find = find
        self._watchers: dict[str, dict[str, Session]] = {}
        self._pulses: dict[str, Pulse] = {}

    async def watch(self, occurrence: str, session: Session) -> AttendanceView:
        """Begin to tell `session`; return the state now. Raises NotFound."""
        view = await self._view(occurrence)
        if session.over is None:
            self._watchers.setdefault(occurrence, {})[session.key] = session
        return view

    async def unwatch(self, occurrence: str, session: Session) -> None:
        """Stop telling `session`."""
        watchers = self._watchers.get(occurrence, {})
        watchers.pop(session.key, None)
        if not watchers:
            self._watchers.pop(occurrence, None)
            pulse = self._pulses.pop(occurrence, None)
            if pulse is not None:
                await pulse.stop()

    async def forget(self, session: Session) -> None:
        """Stop telling `session` anything."""
        for occurrence in [o for o, watchers in self._watchers.items() if session.key in watchers]:
            await self.unwatch(occurrence, session)

    def tell(self, occurrence: str, frame: Frame) -> None:
        """Tell the watchers of an occurrence something besides its attendance."""
        for session in self._watchers.get(occurrence, {}).values():
            if session.is_there:
                session.post(frame)

    def touch(self, occurrence: str) -> None:
        """Note that the attendance of an occurrence changed."""
        if occurrence not in self._watchers:
            return
        if occurrence not in self._pulses:
            self._pulses[occurrence] = Pulse(INTERVAL_S, lambda: self._tell(occurrence))
        self._pulses[occurrence].touch()

    def touch_of(self, session: Session) -> None:
        """Tell a session that was away what it follows."""
        for occurrence, watchers in self._watchers.items():
            if session.key in watchers:
                self.touch(occurrence)

    def touch_all(self) -> None:
        """Note that time has passed for all that is open: minutes have grown."""
        for occurrence in self._watchers:
            if self._find(occurrence) is not None:
                self.touch(occurrence)

    async def stop(self) -> None:
        """Tell nobody any more."""
        self._watchers.clear()
        for pulse in self._pulses.values():
            await pulse.stop()
        self._pulses.clear()

    async def _tell(self, occurrence: str) -> None:
        view = await self._view(occurrence)
        self.tell(occurrence, Frame.event(Attendance(attendance=view)))

    async def _view(self, occurrence: str) -> AttendanceView:
        report = await self._reports.occurrence(occurrence)
        return attendance_view(report, self._find(occurrence))


def attendance_view(report: OccurrenceReport, room: Room | None) -> AttendanceView:
    """Return a report as watchers see it; a live room knows best who is here this moment."""
    here = room.here() if room is not None else set()
    return AttendanceView(
        occurrence=report.occurrence,
        counts=room.counts() if room is not None else _counts(report),
        rows=tuple(
            AttendanceRow(
                person=row.person,
                name=row.name,
                unit=row.unit_name,
                state=row.counted_state.value,
                minutes=row.counted_minutes,
                present_now=row.person in here,
                joined_at=row.first,
                left_at=None if row.person in here else row.last,
            )
            for row in report.rows
        ),
    )


def _counts(report: OccurrenceReport) -> Counts:
    return Counts(
        expected=report.counts.expected,
        present=report.counts.present,
        on_leave=report.counts.on_leave,
        uncounted_rooms=report.counts.uncounted_rooms,
    )
