"""The one exception of this package."""

from typing import Literal


class SdpError(ValueError):
    """An offer that cannot be answered.

    `code` is `invalid_sdp` for text that is no usable SDP and `unsupported_sdp` for a good offer
    that asks for what this server does not do.
    """

    def __init__(self, code: Literal["invalid_sdp", "unsupported_sdp"], detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def invalid(detail: str) -> SdpError:
    return SdpError("invalid_sdp", detail)


def unsupported(detail: str) -> SdpError:
    return SdpError("unsupported_sdp", detail)
