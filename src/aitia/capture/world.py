"""What describes the host and the platform, read once per data directory."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aitia.config import Settings
    from aitia.records.ports import Adapter


class World:
    """What describes the host and the platform, read once per data directory."""

    def __init__(self, settings: Settings) -> None:
        from aitia.capture import identity
        from aitia.capture.platform import Platform
        from aitia.capture.system import System

        pseudonyms = identity.load(settings.directory)
        who = identity.identify(
            pseudonyms,
            node_label=settings.node_label or None,
            user_label=settings.agent or None,
        )
        self.pseudonyms, self.who = pseudonyms, who
        self.system = System(settings.directory, pseudonyms, who)
        platform = Platform(pseudonyms, who, directory=settings.directory)
        self.adapters: list[tuple[str, Adapter]] = [
            *(("system", adapter) for adapter in self.system.adapters),
            *(("platform", adapter) for adapter in platform.adapters),
        ]
        node = who.node_label
        self.names = {"system": node, "platform": f"{node}:{sys.executable}"}
