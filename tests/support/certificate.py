"""A certificate of a server for a test, which nobody has signed but itself."""

import base64
import hashlib
import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

_VALID_FOR = timedelta(days=1)


class ServerCertificate:
    """A certificate for one IP address and its key, both as PEM files."""

    def __init__(self, address: str, folder: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, address)])
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - _VALID_FOR).not_valid_after(now + _VALID_FOR)
        certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
        self.file = folder / "certificate.pem"
        self.key_file = folder / "key.pem"
        self.file.write_bytes(certificate.public_bytes(Encoding.PEM))
        self.key_file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.key_hash = base64.b64encode(hashlib.sha256(public).digest()).decode()
        """SHA-256 of the public key's SubjectPublicKeyInfo, base64: how Chromium is told of it."""
