"""Where the domain is kept: the same schema on SQLite and PostgreSQL. Only here is SQL known."""
