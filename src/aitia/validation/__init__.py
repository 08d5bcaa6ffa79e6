"""Judging a graph by the shapes."""
