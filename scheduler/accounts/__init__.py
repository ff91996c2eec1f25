"""Who is asking: enrolled devices and persons who signed in."""

from scheduler.accounts.model import Identity, PairingCode, Session, StreamGrant, StreamScope
from scheduler.accounts.service import Accounts
from scheduler.accounts.stream_tokens import StreamTokens

__all__ = [
    "Accounts",
    "Identity",
    "PairingCode",
    "Session",
    "StreamGrant",
    "StreamScope",
    "StreamTokens",
]
