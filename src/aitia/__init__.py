"""Provenance of AI models, and the causes it shows."""

__version__ = "0.1.0"
