"""Typed settings and the demo directory of Ruzhou."""
