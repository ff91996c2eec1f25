"""Typed settings: environment over TOML file over defaults; unknown keys are refused.

Environment names are `LIANCUN_` + section + `__` + key, e.g. `LIANCUN_HTTP__PORT=8443`. The TOML
file is named by `LIANCUN_CONFIG`, or `liancun.toml` in the working directory where there is one.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.media import Media, Turn
from config.meetings import Alerts, Meeting, MeetingTypeName, Planning, Records, Rules, Study
from config.notices import Mail, Notices, Sms, Webhook
from config.serving import Http, Log, Signaling, Store

__all__ = [
    "Alerts",
    "ConfigError",
    "Http",
    "Log",
    "Mail",
    "Media",
    "Meeting",
    "MeetingTypeName",
    "Notices",
    "Planning",
    "Records",
    "Rules",
    "Settings",
    "Signaling",
    "Sms",
    "Store",
    "Study",
    "Turn",
    "Webhook",
]

ENVIRONMENT_PREFIX = "LIANCUN_"
FILE_VARIABLE = "LIANCUN_CONFIG"
DEFAULT_FILE = Path("liancun.toml")


class ConfigError(Exception):
    """The settings cannot be used; the text says which key of which source, and why."""


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
