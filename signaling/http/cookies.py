"""The session's token: a cookie for browsers, a bearer token for programs."""

from datetime import datetime
from typing import Final

from aiohttp import hdrs, web

from config.settings import Http
from scheduler.accounts import Session

COOKIE: Final = "liancun_session"
_LONGEST_TOKEN: Final = 200


def token_of(request: web.Request) -> str | None:
    """Return the token of a request, the Authorization header before the cookie."""
    scheme, _, value = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    token = value.strip() if scheme.lower() == "bearer" else request.cookies.get(COOKIE, "")
    return token if 0 < len(token) <= _LONGEST_TOKEN else None


def set_session(
    response: web.StreamResponse, session: Session, now: datetime, settings: Http
) -> None:
    """Give the browser its token, for as long as the session lives and out of scripts' reach."""
    response.set_cookie(
        COOKIE,
        session.token,
        max_age=max(0, int((session.expires_at - now).total_seconds())),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=settings.cookie_secure,
    )


def clear_session(response: web.StreamResponse, settings: Http) -> None:
    """Take the token away."""
    response.del_cookie(
        COOKIE, path="/", httponly=True, samesite="Lax", secure=settings.cookie_secure
    )
