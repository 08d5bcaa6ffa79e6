"""Every error that Aitia raises, as one tree.

::

    AitiaError
    ├── ConfigError            a setting has a value that cannot be used
    ├── MissingExtraError      an optional dependency is not installed
    ├── ResourceError          an ontology, shape or query file is not where it should be
    ├── VocabularyError        a term is not in the ontology (also a LookupError)
    ├── RecordError            a value or a line is not a record
    │   ├── RecordVersionError     the journal speaks a version that this Aitia does not know
    │   └── ValueNotRecordableError   a Python value has no lexical form
    ├── JournalError           a journal cannot be written or read
    │   └── SealError              a sealed segment does not match its seal
    ├── StoreError             the graph store cannot be used
    │   ├── StoreLockedError       another process holds it
    │   └── QueryError             a SPARQL text was refused or failed
    │       └── QueryTimeoutError      it ran longer than it was allowed to
    ├── ValidationError        shapes cannot be loaded or compiled
    ├── IngestError            records cannot be brought into the store
    │   └── BrokerError            a broker does not answer, or refuses
    │       └── BrokerRefusedError     it answers, and asking again will not help
    ├── ImportFormatError      a foreign file is not of the format it was said to be
    ├── NotFoundError          no run, file, query or term of that name
    ├── ProjectionError        a feature table cannot be made
    ├── CausalError            an analysis was refused, with the reason
    ├── ExportError            an export cannot be written
    └── CaptureError           a fault inside capture (only ever raised under Aitia's own tests)

Each message says what was got, what was expected, and what to do next.
"""

from __future__ import annotations


class AitiaError(Exception):
    """Base of all of Aitia's errors.

    Parameters
    ----------
    got:
        What was found, in one sentence.
    expected:
        What should have been there instead; empty when the first sentence says it.
    next_step:
        The next thing to do, preferably a command to type.
    """

    exit_code = 1

    def __init__(self, got: str, *, expected: str = "", next_step: str = "") -> None:
        self.got = got
        self.expected = expected
        self.next_step = next_step
        super().__init__(self.diagnosis())

    def diagnosis(self) -> str:
        """Return the whole message: got, expected, next step."""
        parts = [self.got.rstrip(".")]
        if self.expected:
            parts.append(f"expected {self.expected}".rstrip("."))
        if self.next_step:
            parts.append(f"next: {self.next_step}")
        return " ".join([*(_sentence(part) for part in parts[:-1]), parts[-1]])


def _sentence(text: str) -> str:
    """Return a text with an end: one that asks has it."""
    return text if text.endswith(("?", "!")) else f"{text}."


class ConfigError(AitiaError):
    """A setting has a value that cannot be used."""


class MissingExtraError(AitiaError):
    """An optional dependency is not installed; the message names the extra that brings it."""

    def __init__(self, package: str, *, extra: str, purpose: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(
            f"the package {package!r} is not installed",
            expected=f"it for {purpose}",
            next_step=f"pip install 'aitia[{extra}]'",
        )


class ResourceError(AitiaError):
    """An ontology, shape or query file is not where it should be."""


class VocabularyError(AitiaError, LookupError):
    """A term is not in the ontology."""


class RecordError(AitiaError):
    """A value or a line is not a record."""


class RecordVersionError(RecordError):
    """The journal speaks a version that this Aitia does not know."""


class ValueNotRecordableError(RecordError):
    """A Python value has no lexical form."""


class JournalError(AitiaError):
    """A journal cannot be written or read."""


class SealError(JournalError):
    """A sealed segment does not match its seal: it was edited or damaged after it was closed."""


class StoreError(AitiaError):
    """The graph store cannot be used."""


class StoreLockedError(StoreError):
    """Another process holds the store."""


class QueryError(StoreError):
    """A SPARQL text was refused or failed."""


class QueryTimeoutError(QueryError):
    """A query ran longer than it was allowed to."""


class QueryStoppedError(QueryError):
    """A query was stopped because nobody waits for its answer any more."""


class ValidationError(AitiaError):
    """Shapes cannot be loaded or compiled."""


class IngestError(AitiaError):
    """Records cannot be brought into the store."""


class BrokerError(IngestError):
    """A broker that carries journals does not answer, or refuses."""


class BrokerRefusedError(BrokerError):
    """A broker refuses for a reason that asking again does not mend, such as a wrong password."""


class ImportFormatError(AitiaError):
    """A foreign file is not of the format it was said to be."""


class NotFoundError(AitiaError):
    """No run, file, query or term of that name."""


class ProjectionError(AitiaError):
    """A feature table cannot be made."""


class CausalError(AitiaError):
    """An analysis was refused, with the reason."""


class ExportError(AitiaError):
    """An export cannot be written."""


class CaptureError(AitiaError):
    """A fault inside capture; only ever raised under Aitia's own tests."""
