"""Names our code uses without a promise of their owners. A pin's update that breaks one fails
here, with the file that depends on it in the name of the test."""

import inspect

import pylibsrtp
from aioice import stun
from aiortc import RTCCertificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL
from pylibsrtp import _binding


def test_dtls_py_takes_key_and_certificate_out_of_aiortcs_certificate() -> None:
    certificate = RTCCertificate.generateCertificate()
    assert isinstance(certificate._cert, x509.Certificate)
    assert isinstance(certificate._key, ec.EllipticCurvePrivateKey)
    assert "sha-256" in {f.algorithm for f in certificate.getFingerprints()}


def test_dtls_py_uses_openssl_in_memory() -> None:
    for name in (
        "bio_read",
        "bio_write",
        "set_ciphertext_mtu",
        "export_keying_material",
        "get_selected_srtp_profile",
    ):
        assert callable(getattr(SSL.Connection, name))
    assert "as_cryptography" in inspect.signature(SSL.Connection.get_peer_certificate).parameters


def test_srtp_py_calls_libsrtp_through_the_wheels_cffi() -> None:
    for name in ("srtp_protect", "srtp_protect_rtcp", "srtp_unprotect", "srtp_unprotect_rtcp"):
        signature = _binding.ffi.typeof(getattr(_binding.lib, name))
        kinds = [argument.cname for argument in signature.args]
        assert kinds == ["struct srtp_ctx_t_ *", "void *", "int *"], name


def test_srtp_py_finds_the_session_pointer() -> None:
    policy = pylibsrtp.Policy(key=bytes(30), ssrc_type=pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
    session = pylibsrtp.Session(policy)
    assert _binding.ffi.typeof(session._srtp[0]).cname == "struct srtp_ctx_t_ *"


def test_srtp_py_names_libsrtps_statuses_by_their_numbers() -> None:
    words = {7: "authentication", 9: "replay", 10: "old", 13: "context", 15: "key", 21: "parsing"}
    for number, word in words.items():
        assert word in pylibsrtp.ERRORS[number]


def test_stun_py_builds_on_aioices_messages() -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, bytes(12))
    message.add_message_integrity(b"key")
    parsed = stun.parse_message(bytes(message))
    assert parsed.check_message_integrity(b"key")
    assert parsed.error_code is None
