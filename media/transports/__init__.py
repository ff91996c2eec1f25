"""What carries a participant's packets: STUN checks, DTLS handshake, SRTP."""
