"""Settings of the media workers and of TURN."""

import re
from typing import Literal, Self

from pydantic import Field, model_validator

from config.section import Port, Section

_TURN_URL = re.compile(
    r"turns?:(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:\?transport=(?:udp|tcp))?",
    re.ASCII,
)


class Media(Section):
    """The media workers."""

    workers: int = Field(
        default=1, ge=1, le=64, description="Worker processes; at most one for each core."
    )
    room_share: int = Field(
        default=240,
        ge=1,
        le=2000,
        description="Devices of one room on one worker; a larger room spans several.",
    )
    host: str = Field(default="0.0.0.0", description="Address the UDP ports are bound to.")
    udp_port: Port = Field(
        default=40000,
        description="UDP port of the first worker, the next ones follow; 0 takes free ones.",
    )
    tcp_port: Port | None = Field(
        default=None,
        description="TCP port for lines that block UDP (ICE-TCP), the next workers' follow; "
        "unset: none, 0 free ones.",
    )
    announce: tuple[str, ...] = Field(
        default=(),
        description="IP addresses told to browsers; empty: those of this machine's interfaces.",
    )
    video_codec: Literal["vp8", "h264"] = Field(
        default="vp8",
        description="Codec of a room whose first device has both; h264 for encoders without VP8.",
    )
    in_process: bool = Field(
        default=False, description="Run the worker inside the signaling process (for tests)."
    )

    @model_validator(mode="after")
    def _ports_fit(self) -> Self:
        for name, port in (("udp_port", self.udp_port), ("tcp_port", self.tcp_port)):
            if port and port + self.workers - 1 > 65535:
                raise ValueError(f"{name} {port} leaves no ports for {self.workers} workers")
        return self


class Turn(Section):
    """A TURN server (coturn) for devices whose line blocks UDP. Without it none is told of one."""

    urls: tuple[str, ...] = Field(
        default=(), description="Addresses, e.g. turn:turn.example:3478?transport=tcp; empty: none."
    )
    secret: str = Field(
        default="", repr=False, description="The same as coturn's static-auth-secret."
    )
    lifetime_s: int = Field(
        default=86400, ge=600, le=604800, description="Life of a device's credentials, seconds."
    )

    @model_validator(mode="after")
    def _usable(self) -> Self:
        for url in self.urls:
            if not _TURN_URL.fullmatch(url):
                raise ValueError(f"{url!r} is no turn: or turns: address (RFC 7065)")
        if self.urls and not self.secret:
            raise ValueError("turn.urls needs turn.secret")
        return self
