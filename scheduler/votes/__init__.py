"""Quorum and votes of a meeting, as the rules have them."""
