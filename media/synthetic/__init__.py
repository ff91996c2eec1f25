"""Synthetic participants: real WebRTC clients that send a picture and a voice made once.

They speak ICE, DTLS and SRTP as a browser does, send what was encoded beforehand, and count what
they receive without decoding it, so that one process carries dozens of them.
"""
