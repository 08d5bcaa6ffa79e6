"""The closed set of records: the relations of PROV-DM, and nothing else.

>>> from aitia.records import Entity, encode, decode
>>> line = encode(Entity("ni:///sha-256;abc", "aitia:Dataset", "digits"))
>>> decode(line).label
'digits'
"""

from aitia.records.codec import VERSION, decode, encode
from aitia.records.prov import (
    Associated,
    Attributed,
    Delegated,
    Derived,
    Ended,
    Entity,
    Generated,
    Informed,
    Invalidated,
    Member,
    Note,
    Point,
    Points,
    Record,
    RunEnded,
    RunStarted,
    Setting,
    Specialised,
    Started,
    Used,
)
from aitia.records.values import Json, Ref, Typed, Value

__all__ = [
    "VERSION",
    "Associated",
    "Attributed",
    "Delegated",
    "Derived",
    "Ended",
    "Entity",
    "Generated",
    "Informed",
    "Invalidated",
    "Json",
    "Member",
    "Note",
    "Point",
    "Points",
    "Record",
    "Ref",
    "RunEnded",
    "RunStarted",
    "Setting",
    "Specialised",
    "Started",
    "Typed",
    "Used",
    "Value",
    "decode",
    "encode",
]
