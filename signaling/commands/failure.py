"""How a command ends when it cannot do what it was asked."""

from typing import Final

FAILED: Final = 1
USAGE: Final = 2
BAD_CONFIG: Final = 3
BAD_INPUT: Final = 4


class CommandFailed(Exception):
    """One line for the person at the terminal; `exit_code` for scripts."""

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code
