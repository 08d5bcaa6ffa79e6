"""Journals from other machines: pieces of segments, carried by a broker, put together again."""
