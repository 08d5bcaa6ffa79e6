"""The names of the ontology, the IRIs of things, and the lexical forms of values."""

from aitia.vocabulary.iris import content_iri, expand, quantity_iri, role_iri
from aitia.vocabulary.terms import AITIA, PROV

__all__ = ["AITIA", "PROV", "content_iri", "expand", "quantity_iri", "role_iri"]
