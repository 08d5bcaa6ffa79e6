"""Where the ontology, the shapes and the queries lie: the only module that knows.

An installed wheel carries them as ``aitia/_data/<name>``; a checkout (and an editable
install) has them at its root. The installed copy is looked for first.
"""

from __future__ import annotations

import os

from aitia.errors import ResourceError

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_INSTALLED = os.path.join(_PACKAGE, "_data")
_CHECKOUT = os.path.dirname(os.path.dirname(_PACKAGE))


def root() -> str:
    """Return the folder that holds ``ontology``, ``shapes`` and ``queries``.

    Raises
    ------
    ResourceError
        When neither the installed data nor a checkout is found.
    """
    for base in (_INSTALLED, _CHECKOUT):
        if os.path.isdir(os.path.join(base, "ontology")):
            return base
    raise ResourceError(
        f"no ontology folder beside {_PACKAGE}",
        expected="aitia/_data in an installed wheel, or the root of a checkout",
        next_step="reinstall with: pip install --force-reinstall aitia",
    )


def path(*parts: str) -> str:
    """Return the path of one resource, such as ``path("shapes", "must")``.

    Raises
    ------
    ResourceError
        When there is no such file or folder.
    """
    found = os.path.join(root(), *parts)
    if not os.path.exists(found):
        raise ResourceError(f"no resource {'/'.join(parts)!r}", expected=f"a file under {root()}")
    return found


def files(folder: str, suffix: str) -> list[str]:
    """Return the paths of all files under ``folder`` that end in ``suffix``, sorted."""
    found: list[str] = []
    for here, _, names in os.walk(path(folder)):
        found.extend(os.path.join(here, name) for name in names if name.endswith(suffix))
    return sorted(found)


def read_text(*parts: str) -> str:
    """Return the text of one resource, decoded as UTF-8."""
    with open(path(*parts), encoding="utf-8") as handle:
        return handle.read()
