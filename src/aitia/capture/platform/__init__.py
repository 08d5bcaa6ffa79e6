"""Adapters of the platform layer: interpreter, packages, revisions, containers, commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aitia.capture.identity import Identity, Pseudonyms
    from aitia.records.ports import Adapter


class Platform:
    """The adapters of this layer, for one process; one ``Platform`` serves all of its runs.

    Parameters
    ----------
    pseudonyms, identity:
        What hosts and users are called.
    root:
        Where ``/run`` is.
    directory:
        Where what is read of the packages is kept for other runs; empty for nowhere.
    """

    def __init__(
        self, pseudonyms: Pseudonyms, identity: Identity, *, root: str = "/", directory: str = ""
    ) -> None:
        from aitia.capture.platform.command import CommandAdapter
        from aitia.capture.platform.container import ContainerAdapter
        from aitia.capture.platform.git import GitAdapter
        from aitia.capture.platform.packages import PackagesAdapter
        from aitia.capture.redaction import Redactor

        redactor = Redactor(identity)
        self.adapters: tuple[Adapter, ...] = (
            PackagesAdapter(directory),
            GitAdapter(pseudonyms, redactor),
            CommandAdapter(pseudonyms, identity, redactor),
            ContainerAdapter(pseudonyms, identity, redactor, root=root),
        )
