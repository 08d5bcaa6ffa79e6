"""Quads at rest, behind one port."""
