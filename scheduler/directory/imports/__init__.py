"""Checking the files of the directory and importing them, all or nothing."""
