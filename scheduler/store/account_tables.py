"""Tables of the accounts. Secrets stand here only as hashes."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from scheduler.store.base import Id, UtcDateTime, metadata

_SHA256_HEX = 64
_ARGON2_LENGTH = 200
LOGIN_LENGTH = 64
LABEL_LENGTH = 40

account = Table(
    "account",
    metadata,
    Column("person", Id, ForeignKey("person.id"), primary_key=True),
    Column("login", String(LOGIN_LENGTH), nullable=False, unique=True),
    Column("password_hash", String(_ARGON2_LENGTH), nullable=False),
)

pin = Table(
    "pin",
    metadata,
    Column("person", Id, ForeignKey("person.id"), primary_key=True),
    Column("pin_hash", String(_ARGON2_LENGTH), nullable=False),
)

pairing_code = Table(
    "pairing_code",
    metadata,
    Column("code_hash", String(_SHA256_HEX), primary_key=True),
    Column("device", Id, ForeignKey("device.id"), nullable=False, index=True),
    Column("issued_by", Id),
    Column("expires_at", UtcDateTime, nullable=False),
)

sign_in_link = Table(
    "sign_in_link",
    metadata,
    Column("token_hash", String(_SHA256_HEX), primary_key=True),
    Column("device", Id, ForeignKey("device.id"), index=True),
    Column("person", Id, ForeignKey("person.id"), index=True),
    Column("expires_at", UtcDateTime, nullable=False),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("token_hash", String(_SHA256_HEX), primary_key=True),
    Column("device", Id, ForeignKey("device.id"), index=True),
    Column("person", Id, ForeignKey("person.id"), index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

# Encoders and players of WHIP and WHEP: one token is for one occurrence and one of the two.
stream_token = Table(
    "stream_token",
    metadata,
    Column("token_hash", String(_SHA256_HEX), primary_key=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False, index=True),
    Column("scope", String(8), nullable=False),
    Column("label", String(LABEL_LENGTH), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

# How often a secret was tried: the key is a hash, because what people type may be a name.
tries = Table(
    "tries",
    metadata,
    Column("key_hash", String(_SHA256_HEX), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("resets_at", UtcDateTime, nullable=False, index=True),
)
