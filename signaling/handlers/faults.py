"""The one place where exceptions become the `code` of an `error` answer."""

import structlog

from media.handle import CommandRefused, WorkerUnavailable
from scheduler.errors import DomainError
from signaling.http.texts import Texts
from signaling.protocol.server import Error

log = structlog.get_logger(__name__)

_MEDIA_CODES = {
    "invalid_sdp": "invalid_sdp",
    "unsupported_sdp": "unsupported_sdp",
    "full": "media_full",
}


def code_of(error: Exception) -> str:
    """Return the stable code of an exception; `internal` for whatever was not meant."""
    if isinstance(error, DomainError):
        return error.code
    if isinstance(error, CommandRefused):
        return _MEDIA_CODES.get(error.code, "media_unavailable")
    if isinstance(error, WorkerUnavailable):
        return "media_unavailable"
    if isinstance(error, TimeoutError):
        return "busy"
    return "internal"


def error_answer(
    error: Exception, request: int | None, language: str, texts: Texts, message_type: str = ""
) -> Error:
    """Make the answer, and write down what the engineer needs."""
    code = code_of(error)
    if code == "internal":
        log.error("message failed", message_type=message_type, exc_info=error)
    else:
        log.info("message refused", message_type=message_type, code=code, reason=str(error)[:300])
    return Error(id=request, code=code, message=texts.error(language, code))
