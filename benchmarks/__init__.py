"""Measurements against the budgets; see README.md beside this file."""
