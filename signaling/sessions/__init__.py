"""Devices' sessions: they outlive a connection by the grace, count events and replay them."""
