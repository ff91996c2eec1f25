"""Who is asking: enrolled devices and persons who signed in."""

from scheduler.accounts.model import Identity, PairingCode, Session
from scheduler.accounts.service import Accounts

__all__ = ["Accounts", "Identity", "PairingCode", "Session"]
