"""From feature table to causal claims, which are records again."""
