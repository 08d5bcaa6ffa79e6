"""Adapters of the platform layer: interpreter, packages, source revision, environment."""
