"""Settings of what is told outside of the devices."""

import re
from typing import Literal, Self

from pydantic import Field, model_validator

from config.section import Port, Section

_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+", re.ASCII)


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
