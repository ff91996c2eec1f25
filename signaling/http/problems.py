"""Errors as problem details (RFC 9457): a stable code for programs, a text for people.

The one place where exceptions become HTTP answers.
"""

import html
import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel, ValidationError

from scheduler.errors import Conflict, DomainError, Invalid, NotFound, Refused
from signaling.http.texts import Texts
from signaling.http.versions import Changed, etag_of

CONTENT_TYPE: Final = "application/problem+json"
STATUS_OF_CODE: Final = {
    "not_signed_in": 401,
    "sign_in_wrong": 401,
    "link_used": 410,
    "if_match_malformed": 400,
    "idempotency_key_malformed": 400,
    "cursor_malformed": 400,
    "too_many_tries": 429,
    "too_large": 413,
    "not_ready": 503,
    "stream_offer_invalid": 400,
    "stream_fragment_invalid": 400,
    "stream_changed": 412,
    "stream_type_wrong": 415,
    "stream_too_often": 429,
    "stream_condition_missing": 428,
    "record_version_missing": 428,
    "record_font_missing": 503,
    "pages_busy": 503,
    "media_full": 503,
    "media_unavailable": 503,
}
"""Codes whose status differs from that of their class of error."""
RETRY_AFTER_S: Final = {
    "occurrence_not_open": 10,
    "media_full": 30,
    "media_unavailable": 3,
    "stream_too_often": 5,
}
"""What may be over soon, and when to ask again (RFC 9110 §10.2.3; WHEP asks for it where nothing
is shown yet)."""
STATUS_OF_CLASS: Final[tuple[tuple[type[DomainError], int], ...]] = (
    (NotFound, 404),
    (Invalid, 422),
    (Conflict, 409),
    (Refused, 403),
)
CODE_OF_STATUS: Final = {
    400: "bad_request",
    404: "unknown_path",
    405: "method_not_allowed",
    413: "too_large",
    415: "not_json",
}
"""Codes of the errors that aiohttp raises itself."""


class FieldProblem(BaseModel):
    """What is wrong with one value of the request; `field` is a dotted path."""

    field: str
    reason: str


class Problem(BaseModel):
    """RFC 9457 problem details, extended by `code`, `request` and the fields that were wrong."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request: str
    errors: tuple[FieldProblem, ...] = ()
    current: dict[str, Any] | None = None
    """What stands there now, where somebody else was faster."""


class BadInput(Exception):
    """The body or the query does not fit its model."""

    def __init__(self, errors: Sequence[FieldProblem]) -> None:
        super().__init__("; ".join(f"{e.field}: {e.reason}" for e in errors))
        self.errors = tuple(errors)


def bad_input(error: ValidationError) -> BadInput:
    """Return pydantic's findings by field, without the values, which may be personal."""
    return BadInput(
        [
            FieldProblem(field=".".join(str(part) for part in item["loc"]), reason=item["msg"])
            for item in error.errors(include_url=False, include_input=False, include_context=False)
        ]
    )


def code_and_status(error: BaseException) -> tuple[str, int]:
    """Return the stable code and the HTTP status of an exception."""
    if isinstance(error, Changed):
        return error.code, 412 if error.precondition else 409
    if isinstance(error, DomainError):
        status = next((s for kind, s in STATUS_OF_CLASS if isinstance(error, kind)), 400)
        return error.code, STATUS_OF_CODE.get(error.code, status)
    if isinstance(error, BadInput):
        return "bad_input", 422
    if isinstance(error, web.HTTPException):
        return CODE_OF_STATUS.get(error.status, "bad_request"), error.status
    return "internal", 500


def problem_response(
    code: str,
    status: int,
    text: str,
    *,
    instance: str,
    request_id: str,
    errors: tuple[FieldProblem, ...] = (),
    current: BaseModel | None = None,
) -> web.Response:
    """Build the answer; 401 says how to sign in (RFC 9110, 11.6.1)."""
    problem = Problem(
        type=f"urn:liancun:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=text,
        instance=instance,
        code=code,
        request=request_id,
        errors=errors,
        current=None if current is None else current.model_dump(mode="json"),
    )
    response = web.Response(
        status=status,
        body=json.dumps(problem.model_dump(), ensure_ascii=False).encode(),
        content_type=CONTENT_TYPE,
    )
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if code in RETRY_AFTER_S:
        response.headers["Retry-After"] = str(RETRY_AFTER_S[code])
    etag = None if current is None else etag_of(current)
    if etag is not None:
        response.headers["ETag"] = etag
    return response


def page_response(status: int, texts: Texts, language: str, code: str) -> web.Response:
    """Build a plain page that says what happened and leads home."""
    text, home = (
        html.escape(texts.error(language, code)),
        html.escape(texts.error(language, "go_home")),
    )
    page = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<title>{text}</title><link rel="stylesheet" href="/static/styles/base.css">'
        f'<main><h1>{text}</h1><p><a href="/">{home}</a></p></main></html>'
    )
    return web.Response(status=status, text=page, content_type="text/html")
