"""The WebSocket protocol: messages and their envelope. Described in signaling/PROTOCOL.md."""
