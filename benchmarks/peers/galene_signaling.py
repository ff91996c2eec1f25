"""What one client says to Galène and hears of it, without I/O (galene-protocol.md, version 2)."""

import json
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]

GROUP = "bench"
CAMERA = "camera"
"""The speaker's stream and its label."""
WANTED: Message = {"type": "request", "request": {"": ["audio", "video"]}}
"""Asks for sound and picture of every stream there is and will be."""


def entering(name: str) -> list[Message]:
    """Shake hands and join the group; `name` is the client's id and username."""
    return [
        {"type": "handshake", "version": ["2"], "id": name},
        {"type": "join", "kind": "join", "group": GROUP, "username": name, "password": ""},
    ]


def publishing(name: str, sdp: str) -> Message:
    """Offer the camera's stream."""
    return {
        "type": "offer",
        "id": CAMERA,
        "label": CAMERA,
        "source": name,
        "username": name,
        "sdp": sdp,
    }


@dataclass(slots=True)
class Hearing:
    """What a client of one stream has heard."""

    host: str
    """The address that media is wanted at: candidates of other addresses do not count."""
    joined: bool = False
    stream: str = ""
    """The id of the stream that was offered or answered, with its description."""
    sdp: str = ""
    candidates: list[str] = field(default_factory=list)
    """`candidate:…`, those of the wanted address, from the description or by trickle."""

    @property
    def described(self) -> bool:
        """There is a description, and a candidate of the wanted address."""
        return bool(self.sdp and self.candidates)

    def take(self, text: str) -> Message | None:
        """Take a message and return what is to be answered at once. Raises RuntimeError for a
        refusal, ValueError for what is no message."""
        message = json.loads(text)
        match message:
            case {"type": "ping"}:
                return {"type": "pong"}
            case {"type": "joined", "kind": "join"}:
                self.joined = True
            case {"type": "offer" | "answer", "id": str(stream), "sdp": str(sdp)}:
                self.stream, self.sdp = stream, sdp
                for line in sdp.splitlines():
                    self._candidate(line.removeprefix("a="))
            case {"type": "ice", "candidate": {"candidate": str(candidate)}}:
                self._candidate(candidate)
            case {"type": "joined", "kind": "fail"} | {"type": "abort" | "close"}:
                raise RuntimeError(f"galene refused: {text}")
            case {"type": "usermessage", "kind": "error"}:
                raise RuntimeError(f"galene refused: {text}")
            case {"type": str()}:
                pass  # the others' comings and goings, and the like
            case _:
                raise ValueError(f"no message of galene's: {text}")
        return None

    def _candidate(self, line: str) -> None:
        words = line.split()
        if line.startswith("candidate:") and len(words) > 5 and words[4] == self.host:
            self.candidates.append(line)
