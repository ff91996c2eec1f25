"""Series, their occurrences, rosters and leave. Import from the modules, not from here."""
