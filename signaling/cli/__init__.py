"""The command `liancun`."""

from signaling.cli.main import main

__all__ = ["main"]
