"""What strangers and broken devices send: a million bent datagrams, and floods."""
