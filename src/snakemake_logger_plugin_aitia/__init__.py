"""The logger plugin by which Snakemake tells Aitia what it plans and does: ``--logger aitia``.

Under ``aitia run`` it is there without being asked for.
"""

from __future__ import annotations

from logging import LogRecord

from snakemake_interface_logger_plugins.base import LogHandlerBase

from aitia.capture import context
from aitia.capture.guard import attempt
from aitia.capture.platform.snakemake import Workflow


class LogHandler(LogHandlerBase):
    """Hands the events of Snakemake on; it writes nothing itself."""

    has_filter = True
    has_formatter = True
    needs_rulegraph = True
    writes_to_file = False
    writes_to_stream = False

    def __post_init__(self) -> None:
        """Open a run where none is open, for the length of this process."""
        self._workflow = Workflow(dry=bool(getattr(self.common_settings, "dryrun", False)))
        if context.here() is None:
            from aitia.recorder import capture

            attempt("snakemake", capture)

    def emit(self, record: LogRecord) -> None:
        """Record what the event says."""
        attempt("snakemake", self._workflow.heard, record)
