"""Enrolling devices and taking the right from those that were lost."""

from datetime import datetime

from pydantic import BaseModel

from signaling import keys
from signaling.floor import FLOOR
from signaling.http.call import Call
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("devices")


class PairingCode(BaseModel):
    """Six digits that enrol the device once, until `expires_at`."""

    code: str
    expires_at: datetime


@ROUTES.post("/api/devices/{device}/pairing-code", needs=Permission.DEVICES_ENROL)
async def issue_pairing_code(call: Call) -> PairingCode:
    """Issue a pairing code for a device."""
    issued = await call.part(keys.ACCOUNTS).issue_pairing_code(
        call.request.match_info["device"], call.author
    )
    return PairingCode(code=issued.code, expires_at=issued.expires_at)


@ROUTES.post("/api/devices/{device}/revoke", needs=Permission.DEVICES_ENROL, status=204)
async def revoke_device(call: Call) -> None:
    """Take the key from a device; it must be enrolled again."""
    device = call.request.match_info["device"]
    await call.part(keys.ACCOUNTS).revoke_device(device)
    call.part(FLOOR).sessions.dismiss("revoked", device=device)
