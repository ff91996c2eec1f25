"""What was seen at the end of a line, as figures and as tables."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

SETTLED_S = 5.0
"""From here on "settled" is measured."""


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


def _at(sample: dict[str, float]) -> float:
    return sample["at"]


def table(results: Iterable[Result]) -> str:
    rows = [
        (
            r.line,
            r.server,
            "none" if r.first_s is None else f"{r.first_s:.2f}",
            f"{r.frames_per_s:.1f}",
            f"{r.settled_frames_per_s:.1f}",
            f"{r.freezes}",
            f"{r.frozen_s:.1f}",
            f"{100 * r.concealed:.1f}",
            f"{r.height:.0f}",
            f"{r.qp:.0f}",
            f"{r.kbit:.0f}",
        )
        for r in results
    ]
    head = ("line", "server", "first picture s", "frames/s", "settled", "freezes", "frozen s",
            "concealed %", "lines", "QP", "kbit/s")  # fmt: skip
    return _markdown(head, rows, words=2)


def uplink_table(uplinks: Sequence[Uplink]) -> str:
    seconds = range(1, 9)
    head = ("sender", *(f"{n}. s" for n in seconds), "largest layer after s")
    rows = []
    for uplink in uplinks:
        whole = uplink.whole()
        rates = (f"{uplink.rate(n - 1, n):.0f}" for n in seconds)
        rows.append((uplink.way, *rates, "never" if whole is None else f"{whole:.1f}"))
    return "Pictures sent, kbit/s:\n\n" + _markdown(head, rows, words=1)


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]], words: int) -> str:
    """Write a table whose first `words` columns are words and the rest figures."""
    rule = ["---" if n < words else "---:" for n in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))
