"""Readers of what other systems write: each turns its input into records."""
