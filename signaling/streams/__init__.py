"""Encoders and players in the rooms: what stands behind WHIP (RFC 9725) and WHEP.

A stream is a peer without a device: seen by all, counted in no attendance. It lives in the room
and nowhere else; when the room lets it out, it is over.
"""
