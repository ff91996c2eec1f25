"""The aiohttp server: HTTP API, WebSocket protocol, rooms, calls, access, command line."""
