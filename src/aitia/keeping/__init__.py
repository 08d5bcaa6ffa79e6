"""Keeping what was recorded: copies of it, what is let go, how large it is, whether it is whole."""
