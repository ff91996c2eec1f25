"""The version of what is installed."""

from importlib.metadata import PackageNotFoundError, version
from typing import Final


def _installed() -> str:
    try:
        return version("liancun")
    except PackageNotFoundError:
        return "0+unknown"


VERSION: Final = _installed()
