"""The media plane: who gets which packets, and the worker that moves them."""
