"""A year in the life of the branches: planned from a seed, run through the real store, counted."""
