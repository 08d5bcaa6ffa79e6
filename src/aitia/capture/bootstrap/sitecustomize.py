"""Found by Python at its start under ``aitia run``: joins the run, before the script begins.

A ``sitecustomize`` of the user's own, which this one hides, is run first.
"""

from __future__ import annotations

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SERVANTS = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")


def _run_hidden() -> None:
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    others = [path for path in sys.path if os.path.abspath(path or os.curdir) != HERE]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(module_from_spec(spec))


def _join() -> None:
    command = " ".join(sys.orig_argv)
    if "AITIA_RUN" not in os.environ or any(servant in command for servant in SERVANTS):
        return
    try:
        from aitia.recorder import join
    except ImportError:
        sys.stderr.write(f"aitia: not installed for {sys.executable}, which is not observed\n")
        return
    join()


_run_hidden()
_join()
