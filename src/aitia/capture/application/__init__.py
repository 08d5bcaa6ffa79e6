"""Adapters of the application layer: files, arrays, tables."""
