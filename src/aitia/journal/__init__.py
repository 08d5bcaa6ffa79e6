"""Append-only files of records, one per process: what survives a kill."""
