"""The question library, and tables of answers."""
