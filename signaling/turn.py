"""TURN for devices whose line blocks UDP: credentials that expire by themselves.

The scheme is coturn's `use-auth-secret` (draft-uberti-behave-turn-rest-00 §2.2): the name holds
the time of expiry, the password is a signature of the name by a secret that both servers know.
"""

import base64
import hashlib
import hmac
from datetime import datetime

from config.settings import Turn
from signaling.protocol.views import IceServer


def ice_servers(settings: Turn, device: str, now: datetime) -> tuple[IceServer, ...]:
    """Return what `device` (an id, no name) gives to its RTCPeerConnection; nothing when unset."""
    if not settings.urls:
        return ()
    username = f"{int(now.timestamp()) + settings.lifetime_s}:{device}"
    # SHA-1 because the scheme says so; as HMAC it is sound.
    signature = hmac.new(settings.secret.encode(), username.encode(), hashlib.sha1).digest()
    credential = base64.b64encode(signature).decode()
    return (IceServer(urls=settings.urls, username=username, credential=credential),)
