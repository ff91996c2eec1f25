"""The archive pack: one ZIP file with all of a record, which proves itself."""
