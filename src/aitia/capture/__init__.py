"""Observing a run: light, guarded, never in its way."""
