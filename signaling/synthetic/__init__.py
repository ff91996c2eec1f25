"""Synthetic village phones: devices like any other that come in by the same WebSocket.

`python -m signaling.synthetic` carries many of them in one process; see `__main__`.
"""
