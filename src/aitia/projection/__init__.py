"""From graph to feature table: one row per unit, typed columns that know where they come from."""

from aitia.projection.project import project
from aitia.projection.table import Column, FeatureTable
from aitia.projection.writing import WrittenTable, write_table

__all__ = ["Column", "FeatureTable", "WrittenTable", "project", "write_table"]
