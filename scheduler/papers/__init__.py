"""Papers as pages: drawn by bounded processes, kept for a while, shown on any device."""
