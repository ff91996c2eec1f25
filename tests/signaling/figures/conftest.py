"""The small network branch on a running server."""

from tests.signaling.live import branch

__all__ = ["branch"]
