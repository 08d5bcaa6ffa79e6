"""From feature table to causal claims, which are records again.

>>> from aitia.causal import analyse
>>> analysis = analyse(graph.features(), target="test_accuracy")    # doctest: +SKIP
>>> print(analysis.text)                                            # doctest: +SKIP
"""

from aitia.causal.analysis import Analysis, analyse

__all__ = ["Analysis", "analyse"]
