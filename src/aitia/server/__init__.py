"""SPARQL 1.1 over HTTP, and pages to look at."""
