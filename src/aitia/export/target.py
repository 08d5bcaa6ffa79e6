"""Where an export goes: a file that is there whole or not at all, or a stream."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from aitia.errors import ExportError

Target = str | os.PathLike[str] | BinaryIO


@contextmanager
def writing(target: Target) -> Iterator[BinaryIO]:
    """Open a target for writing; a file gets its name only when all is written.

    Raises
    ------
    ExportError
        When it cannot be written.
    """
    if not isinstance(target, (str, os.PathLike)):
        yield target
        return
    path = os.path.abspath(os.fspath(target))
    aside = f"{path}.{os.getpid()}.part"
    try:
        with open(aside, "wb") as handle:
            yield cast("BinaryIO", handle)
        os.replace(aside, path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        if os.path.exists(aside):
            os.unlink(aside)


def unwritable(path: str, error: OSError) -> ExportError:
    """Return the error that says why a path cannot be written."""
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        return ExportError(f"there is no folder {folder!r}", next_step=f"mkdir -p {folder}")
    return ExportError(
        f"{path} cannot be written ({error.strerror or error})",
        expected="a place that this user may write to, with room left",
        next_step="name another target",
    )
