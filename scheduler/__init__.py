"""The domain and its store: directory, meetings, agenda, attendance, reports."""
