"""Settings of the server itself: where it listens, where it keeps things, its devices, its log."""

from typing import Literal

from pydantic import Field, IPvAnyNetwork

from config.section import Port, Section


class Http(Section):
    """Where pages, API and WebSocket are served."""

    host: str = Field(default="0.0.0.0", description="Address to listen on.")
    port: Port = Field(default=8080, description="TCP port; 0 takes a free one.")
    public_url: str = Field(
        default="", description="Address people type; empty: made from host and port."
    )
    cookie_secure: bool = Field(
        default=False, description="Send cookies over HTTPS only; switch on behind TLS."
    )
    session_days: int = Field(default=30, ge=1, le=365, description="Life of a sign-in, days.")
    trusted_proxies: tuple[IPvAnyNetwork, ...] = Field(
        default=(),
        description="Networks of reverse proxies whose X-Forwarded-For is believed; empty: none.",
    )


class Store(Section):
    """Where the records are kept."""

    url: str = Field(
        default="sqlite+aiosqlite:///var/liancun.db",
        description="SQLAlchemy address: sqlite+aiosqlite:///FILE or postgresql+asyncpg://…",
    )


class Signaling(Section):
    """The WebSocket connections of the devices."""

    resume_grace_s: float = Field(
        default=30.0,
        ge=0,
        le=600,
        description="A device away for less keeps its place and media, seconds.",
    )
    heartbeat_s: float = Field(
        default=10.0, gt=0, le=120, description="WebSocket ping interval, seconds."
    )
    max_message_bytes: int = Field(
        default=512 * 1024, ge=1024, le=4 * 1024 * 1024, description="Largest message, bytes."
    )
    queue_messages: int = Field(
        default=256,
        ge=8,
        le=65536,
        description="Messages waiting for a slow device before it is dropped.",
    )


class Log(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "text"] = Field(
        default="auto", description="auto: text on a terminal, JSON elsewhere."
    )
