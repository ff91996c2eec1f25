"""What was seen at the end of a line, as figures and as tables."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

SETTLED_S = 5.0
"""From here on "settled" is measured."""
HEARD_FROM_S = 1.0
"""Before that a listener fills its buffer."""


@dataclass(frozen=True, slots=True)
class Result:
    """One receiver at one line, with one server."""

    server: str
    line: str
    first_s: float | None
    """Seconds from the server's first description to the first picture, None = there was none."""
    frames_per_s: float
    """Decoded, over the whole time."""
    settled_frames_per_s: float
    freezes: int
    frozen_s: float
    concealed: float
    """Share of the sound that was made up because it had not come, of what was played."""
    height: float
    """Lines of the picture shown, on average over the time there was one."""
    qp: float
    """Average quantizer of the settled frames, 0 fine .. 127 coarse."""
    kbit: float
    """Received, kbit/s, over the whole time."""
    keyframes: int
    sound: str
    """Codec of the sound as the browser names it at the end."""

    @classmethod
    def of(cls, server: str, line: str, seen: dict[str, Any]) -> "Result":
        """Add up what the page sampled."""
        samples: list[dict[str, Any]] = seen["samples"]
        last = samples[-1]
        passed = last["at"]
        middle = next((s for s in samples if s["at"] >= SETTLED_S), samples[0])
        frames, before = last.get("frames", 0), middle.get("frames", 0)
        heights = [s["height"] for s in samples if s.get("height")]
        played = last.get("samples", 0)
        return cls(
            server=server,
            line=line,
            first_s=None if seen["first"] is None else round(seen["first"], 2),
            frames_per_s=round(frames / passed, 1),
            settled_frames_per_s=round((frames - before) / max(0.1, passed - middle["at"]), 1),
            freezes=last.get("freezes", 0),
            frozen_s=round(last.get("frozen", 0.0), 2),
            concealed=round(last.get("concealed", 0) / played, 4) if played else 1.0,
            height=round(sum(heights) / len(heights)) if heights else 0,
            qp=round((last.get("qp", 0) - middle.get("qp", 0)) / max(1, frames - before)),
            kbit=round(last["octets"] * 8 / 1000 / passed),
            keyframes=last.get("keyframes", 0),
            sound=last.get("sound", "").removeprefix("audio/"),
        )

    def document(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Uplink:
    """A sender's first seconds."""

    way: str
    samples: list[dict[str, float]]
    """`at` in seconds, `octets` sent so far, `width` of the largest layer, `allowed` bit/s."""

    def rate(self, begin: float, end: float) -> float:
        """Return kbit/s of pictures between two times."""
        first = max((s for s in self.samples if s["at"] <= begin), key=_at, default=None)
        last = max((s for s in self.samples if s["at"] <= end), key=_at)
        at, octets = (first["at"], first["octets"]) if first else (0.0, 0.0)
        return (last["octets"] - octets) * 8 / 1000 / max(0.1, last["at"] - at)

    def whole(self) -> float | None:
        """Return when the largest layer was sent first."""
        widest = max(s["width"] for s in self.samples)
        return next((s["at"] for s in self.samples if s["width"] == widest), None)

    def document(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Sound:
    """What a listener on a clean line hears of a sender on a lossy one."""

    line: str
    way: str
    concealed: float
    """Share of the sound that was made up because it had not come, of what was played."""
    kbit: float
    """Sent by the speaker for it, payload kbit/s."""

    @classmethod
    def of(
        cls,
        line: str,
        way: str,
        seen: dict[str, Any],
        before: dict[str, float],
        after: dict[str, float],
    ) -> "Sound":
        """Compare what the listener's page sampled first and last, and the sender's counters."""
        first = next(s for s in seen["samples"] if s["at"] >= HEARD_FROM_S and s.get("samples"))
        last = seen["samples"][-1]
        played = last["samples"] - first["samples"]
        passed = after["at"] - before["at"]
        return cls(
            line,
            way,
            round((last["concealed"] - first["concealed"]) / max(1, played), 4),
            round((after["octets"] - before["octets"]) * 8 / 1000 / passed, 1),
        )

    def document(self) -> dict[str, Any]:
        return asdict(self)


def _at(sample: dict[str, float]) -> float:
    return sample["at"]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was measured."""

    order: Sequence[str]
    """Names of the lines, as they stand in the table."""
    results: Sequence[Result]
    uplinks: Sequence[Uplink]
    sounds: Sequence[Sound]

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Report":
        """Read what `document` wrote."""
        return cls(
            document["order"],
            [Result(**result) for result in document["lines"]],
            [Uplink(**uplink) for uplink in document["uplinks"]],
            [Sound(**sound) for sound in document["sounds"]],
        )

    def into(self, earlier: "Report") -> "Report":
        """Return an earlier report, with what was measured now in the place of the same there."""
        anew = {(result.line, result.server) for result in self.results}
        kept = [r for r in earlier.results if (r.line, r.server) not in anew]
        return Report(
            self.order,
            [*kept, *self.results],
            self.uplinks or earlier.uplinks,
            self.sounds or earlier.sounds,
        )

    def document(self) -> dict[str, Any]:
        return {
            "order": list(self.order),
            "lines": [result.document() for result in self.results],
            "uplinks": [uplink.document() for uplink in self.uplinks],
            "sounds": [sound.document() for sound in self.sounds],
        }

    def text(self) -> str:
        """Return the tables."""
        parts = [table(self.order, self.results)] if self.results else []
        parts += [uplink_table(self.uplinks)] if self.uplinks else []
        parts += [sound_table(self.sounds)] if self.sounds else []
        return "\n\n".join(parts)


def table(order: Sequence[str], results: Sequence[Result]) -> str:
    """Return medians of the runs, with what was least and most where that says something."""
    rows = []
    for line in order:
        for server in ("liancun", "janus"):
            runs = [r for r in results if (r.line, r.server) == (line, server)]
            if runs:
                rows.append((line, server, *_row(runs)))
    head = ("line", "server", "runs", "first picture s", "frames/s", "settled", "freezes",
            "frozen s", "concealed %", "lines", "QP", "kbit/s")  # fmt: skip
    return _markdown(head, rows, words=2)


def _row(runs: Sequence[Result]) -> tuple[str, ...]:
    firsts = [run.first_s for run in runs if run.first_s is not None]
    first = f"{median(firsts):.2f}" if firsts else "none"
    if 0 < len(firsts) < len(runs):
        first += f" ({len(runs) - len(firsts)} none)"
    return (
        f"{len(runs)}",
        first,
        _spread((run.frames_per_s for run in runs), 1),
        _spread((run.settled_frames_per_s for run in runs), 1),
        _spread((run.freezes for run in runs), 0),
        _spread((run.frozen_s for run in runs), 1),
        _spread((100 * run.concealed for run in runs), 1),
        f"{median(run.height for run in runs):.0f}",
        f"{median(run.qp for run in runs):.0f}",
        f"{median(run.kbit for run in runs):.0f}",
    )


def _spread(found: Iterable[float], digits: int) -> str:
    """Return the median, and the least and the most where they differ."""
    figures = list(found)
    middle, least, most = (f"{of(figures):.{digits}f}" for of in (median, min, max))
    return middle if least == most else f"{middle} ({least}–{most})"


def uplink_table(uplinks: Sequence[Uplink]) -> str:
    """Return medians of the runs."""
    seconds = range(1, 9)
    head = ("sender", "runs", *(f"{n}. s" for n in seconds), "largest layer after s")
    rows = []
    for way in dict.fromkeys(uplink.way for uplink in uplinks):
        runs = [uplink for uplink in uplinks if uplink.way == way]
        rates = [_spread([run.rate(n - 1, n) for run in runs], 0) for n in seconds]
        found = [at for run in runs if (at := run.whole()) is not None]
        whole = f"{median(found):.1f} ({min(found):.1f}–{max(found):.1f})" if found else "never"
        rows.append((way, f"{len(runs)}", *rates, whole))
    return "Pictures sent, kbit/s:\n\n" + _markdown(head, rows, words=1)


def sound_table(sounds: Sequence[Sound]) -> str:
    """Return medians of the runs."""
    rows = []
    for line, way in dict.fromkeys((sound.line, sound.way) for sound in sounds):
        runs = [sound for sound in sounds if (sound.line, sound.way) == (line, way)]
        concealed = _spread((100 * run.concealed for run in runs), 1)
        rows.append((line, way, f"{len(runs)}", concealed, _spread((r.kbit for r in runs), 0)))
    head = ("the sender's line", "sound", "runs", "concealed %", "kbit/s sent")
    return "Sound from behind a lossy line:\n\n" + _markdown(head, rows, words=2)


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]], words: int) -> str:
    """Write a table whose first `words` columns are words and the rest figures."""
    rule = ["---" if n < words else "---:" for n in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))
