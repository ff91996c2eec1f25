"""Typed settings: environment over TOML file over defaults; unknown keys are refused.

Environment names are `LIANCUN_` + section + `__` + key, e.g. `LIANCUN_HTTP__PORT=8443`. The TOML
file is named by `LIANCUN_CONFIG`, or `liancun.toml` in the working directory where there is one.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

ENVIRONMENT_PREFIX = "LIANCUN_"
FILE_VARIABLE = "LIANCUN_CONFIG"
DEFAULT_FILE = Path("liancun.toml")

_TURN_URL = re.compile(
    r"turns?:(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:\?transport=(?:udp|tcp))?",
    re.ASCII,
)
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+", re.ASCII)
Port = Annotated[int, Field(ge=0, le=65535)]


MeetingTypeName = Literal[
    "member_assembly",
    "branch_committee_meeting",
    "group_meeting",
    "party_lecture",
    "theme_party_day",
    "org_life_meeting",
    "network_branch_meeting",
    "work_meeting",
]


class ConfigError(Exception):
    """The settings cannot be used; the text says which key of which source, and why."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


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


class Meeting(Section):
    """Defaults for new series; each series may have its own."""

    grace_s: int = Field(
        default=120, ge=0, le=3600, description="A gap shorter than this is no absence, seconds."
    )
    late_after_s: int = Field(default=300, ge=0, le=7200, description="Late after, seconds.")
    present_percent: int = Field(
        default=80, ge=1, le=100, description="Present from this share of the meeting, percent."
    )
    open_before_s: int = Field(
        default=300, ge=0, le=7200, description="The room opens before the start, seconds."
    )
    ring_before_s: int = Field(
        default=60, ge=0, le=7200, description="Devices ring before the start, seconds."
    )
    ring_for_s: int = Field(default=60, ge=5, le=600, description="Ringing lasts, seconds.")
    remind_before_s: int = Field(
        default=900, ge=0, le=86400, description="Reminder before the start, seconds."
    )
    overrun_s: int = Field(
        default=1800, ge=0, le=14400, description="Closed by itself after the planned end, seconds."
    )
    horizon_days: int = Field(
        default=28, ge=1, le=400, description="Occurrences are laid out this far ahead, days."
    )


PeriodName = Literal["week", "month", "quarter", "year"]


class Rules(Section):
    """Rules of the meetings that differ from place to place; those of the law are no settings."""

    lecture_period: PeriodName = Field(
        default="quarter", description="A lecture (党课) is due in each week, month, quarter, year."
    )
    lecture_at_least: int = Field(
        default=1, ge=0, le=60, description="Lectures due in each period; 0: none."
    )
    theme_day_period: PeriodName = Field(
        default="month", description="A theme day (主题党日) is due in each such period."
    )
    theme_day_at_least: int = Field(
        default=1, ge=0, le=60, description="Theme days due in each period; 0: none."
    )
    org_life_period: PeriodName = Field(
        default="year", description="An 组织生活会 is due in each such period."
    )
    org_life_at_least: int = Field(
        default=1, ge=0, le=60, description="组织生活会 due in each period; 0: none."
    )
    network_period: PeriodName = Field(
        default="week", description="A network branch meets in each such period."
    )
    network_at_least: int = Field(
        default=1, ge=0, le=60, description="Network branch meetings due in each period; 0: none."
    )
    assembly_makeup_days: int = Field(
        default=7,
        ge=0,
        le=365,
        description="Who missed an assembly makes it up in, days; 0: never.",
    )
    lecture_makeup_days: int = Field(
        default=7, ge=0, le=365, description="Who missed a lecture makes it up in, days; 0: never."
    )
    election_majority_of: Literal["expected", "present"] = Field(
        default="expected",
        description="The winner of an election needs more than half of those expected or present.",
    )
    video_does_not_count: tuple[
        Literal[
            "member_assembly",
            "branch_committee_meeting",
            "group_meeting",
            "party_lecture",
            "theme_party_day",
            "org_life_meeting",
            "network_branch_meeting",
            "work_meeting",
        ],
        ...,
    ] = Field(
        default=(), description="Meetings where only who is at the main site counts for a quorum."
    )


class Alerts(Section):
    """When the clock of the branches asks somebody to look."""

    due_before_days: int = Field(
        default=10, ge=0, le=90, description="A period that ends within so many days is alerted."
    )
    absent_months: int = Field(
        default=6, ge=1, le=18, description="Absence without a reason is alerted after, months."
    )


class Study(Section):
    """Study hours (学时)."""

    minutes_per_hour: int | None = Field(
        default=None, ge=1, le=120, description="Minutes that make one; empty: by the rule (45)."
    )


class Notices(Section):
    """What people are told outside of the devices, by mail, SMS and webhook; each off until set."""

    invite_before_days: int = Field(
        default=14, ge=1, le=400, description="Invitations are sent this long before, days."
    )
    remind_before_s: int = Field(
        default=7200,
        ge=0,
        le=604800,
        description="SMS and webhook remind this long before the start, seconds; 0: never.",
    )


class Mail(Section):
    """The mail server that takes invitations."""

    host: str = Field(default="", description="Mail server (SMTP); empty: no mail.")
    port: Port = Field(default=587, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection is protected."
    )
    ca_file: str = Field(
        default="", description="Certificates trusted for it, PEM; empty: the system's."
    )
    user: str = Field(default="", description="Name for signing in there; empty: without.")
    password: str = Field(default="", repr=False, description="Password for it.")
    sender: str = Field(default="", description="Address that invitations come from.")

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.host and not _MAIL_ADDRESS.fullmatch(self.sender):
            raise ValueError("mail.host needs mail.sender, a mail address")
        return self


class Webhook(Section):
    """An address inside the network that is told of every notice, for a messenger of your own."""

    url: str = Field(default="", description="Address that gets a POST; empty: none.")
    secret: str = Field(
        default="", repr=False, description="Key of the signature, 24 characters or more."
    )

    @model_validator(mode="after")
    def _usable(self) -> Self:
        _check_http(self.url)
        if self.url and len(self.secret) < 24:
            raise ValueError("webhook.url needs webhook.secret of 24 characters or more")
        return self


class Sms(Section):
    """The SMS gateway."""

    url: str = Field(default="", description="Address of the gateway; empty: no SMS.")
    token: str = Field(default="", repr=False, description="Key for the gateway.")
    driver: str = Field(
        default="scheduler.notices.sms:JsonGateway",
        description="Class that speaks to the gateway, as package.module:Class.",
    )

    @model_validator(mode="after")
    def _usable(self) -> Self:
        _check_http(self.url)
        return self


def _check_http(url: str) -> None:
    if url and not url.startswith(("http://", "https://")):
        raise ValueError(f"{url!r} is no http: or https: address")


class Planning(Section):
    """Planning of meetings."""

    attachment_mb: int = Field(default=20, ge=1, le=100, description="Largest paper, MiB.")
    attachments_per_meeting: int = Field(
        default=20, ge=0, le=200, description="Most papers of one meeting."
    )
    precedence: tuple[MeetingTypeName, ...] = Field(
        default=(
            "org_life_meeting",
            "member_assembly",
            "branch_committee_meeting",
            "party_lecture",
            "theme_party_day",
            "network_branch_meeting",
            "group_meeting",
            "work_meeting",
        ),
        description="Which of two meetings at once is named as the one that should stay.",
    )

    @field_validator("precedence")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) != len(value):
            raise ValueError("a meeting type stands twice")
        return value


class Records(Section):
    """The records of meetings and their archive packs."""

    font: Path = Field(
        default=Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"),
        description="Font file of the PDF, with Chinese; Debian: fonts-noto-cjk.",
    )
    blocking: tuple[str, ...] = Field(
        default=(),
        description="Findings that block the signing here though no law demands them.",
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


class Settings(BaseSettings):
    """All settings of Liancun."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
    )

    http: Http = Http()
    store: Store = Store()
    media: Media = Media()
    turn: Turn = Turn()
    meeting: Meeting = Meeting()
    rules: Rules = Rules()
    alerts: Alerts = Alerts()
    study: Study = Study()
    notices: Notices = Notices()
    mail: Mail = Mail()
    webhook: Webhook = Webhook()
    sms: Sms = Sms()
    planning: Planning = Planning()
    records: Records = Records()
    signaling: Signaling = Signaling()
    log: Log = Log()
    time_zone: str = Field(default="Asia/Shanghai", description="Zone of schedules and screens.")
    language: Literal["zh-CN", "en"] = Field(
        default="zh-CN", description="Language of new devices."
    )
    directory: Path = Field(
        default=Path("var"), description="Folder for the database, uploads and the worker's socket."
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"unknown time zone {value!r}") from error
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first; what comes from TOML is passed to the constructor."""
        return env_settings, init_settings

    @classmethod
    def load(cls, path: Path | None = None, environment: Mapping[str, str] | None = None) -> Self:
        """Read the settings as described at the top of this file; raise ConfigError."""
        environment = os.environ if environment is None else environment
        named = path or (Path(environment[FILE_VARIABLE]) if FILE_VARIABLE in environment else None)
        source = named or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
        _refuse_unknown_variables(cls, environment)
        try:
            return cls(**(_read_toml(source) if source else {}))
        except ValidationError as error:
            raise ConfigError(_explain(error, source)) from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error


def _refuse_unknown_variables(settings: type[Settings], environment: Mapping[str, str]) -> None:
    """pydantic-settings refuses unknown keys inside a section, not unknown top-level names."""
    known = {FILE_VARIABLE} | {
        f"{ENVIRONMENT_PREFIX}{name}".upper() for name in settings.model_fields
    }
    for variable in sorted(environment):
        name = variable.upper()
        if name.startswith(ENVIRONMENT_PREFIX) and name.split("__")[0] not in known:
            raise ConfigError(f"environment: {variable}: unknown setting")


def _explain(error: ValidationError, source: Path | None) -> str:
    lines = []
    for item in error.errors(include_url=False):
        key = ".".join(str(part) for part in item["loc"])
        lines.append(f"{source or 'environment'}: {key}: {item['msg']}")
    return "\n".join(lines)
