"""PROV-CONSTRAINTS (W3C, 2013): whether PROV statements can be true together."""
