"""From graph to feature table."""
