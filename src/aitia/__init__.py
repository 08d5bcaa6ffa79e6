"""Provenance of AI models, and the causes it shows.

Recording::

    import aitia

    with aitia.run("sweep", lr=1e-3):            # or aitia.capture(), to the end of the process
        data = aitia.use("train.csv", role="training")
        for epoch in aitia.loop(range(10), "epoch"):
            aitia.log(step=epoch, loss=0.1)
        aitia.make("model.pt", role="model")

Reading::

    with aitia.open() as graph:
        graph.why("model.pt")

Nothing is loaded until it is used: ``import aitia`` costs the import of this file.
"""

from __future__ import annotations

__version__ = "0.1.0"

# Type checkers take this name for true; importing it from typing would cost more than all else.
TYPE_CHECKING = False

__all__ = [
    "__version__",
    "agents",
    "capture",
    "log",
    "loop",
    "make",
    "open",
    "params",
    "run",
    "task",
    "use",
]

if TYPE_CHECKING:
    from aitia.capture.application import agents
    from aitia.reader import open
    from aitia.recorder import capture, log, loop, make, params, run, task, use


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'aitia' has no attribute {name!r}")
    from importlib import import_module

    if name == "capture":
        # Also the name of a package, which Python would put in the function's place.
        return import_module("aitia.capture")
    if name == "agents":
        return globals().setdefault(name, import_module("aitia.capture.application.agents"))
    # Kept in the module, so that the next access does not come here.
    door = import_module("aitia.reader" if name == "open" else "aitia.recorder")
    return globals().setdefault(name, getattr(door, name))


def __dir__() -> list[str]:
    return sorted(__all__)
