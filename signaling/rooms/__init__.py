"""Open meetings as this node sees them: rooms, the devices in them, and what they are told.

`Room` and `Peer` are state without I/O; the other files each do one thing to them.
"""
