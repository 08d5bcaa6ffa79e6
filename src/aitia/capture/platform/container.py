"""The container image that a run is inside, where something says which one."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import NamedTuple

from aitia.capture.identity import Identity, Pseudonyms
from aitia.capture.redaction import Redactor
from aitia.records.ports import Scope
from aitia.records.prov import Entity, Used
from aitia.records.secrets import without_credentials
from aitia.records.values import Value
from aitia.vocabulary.iris import content_iri
from aitia.vocabulary.terms import AITIA

VARIABLES = (
    "AITIA_CONTAINER_IMAGE",
    "CONTAINER_IMAGE",
    "DOCKER_IMAGE",
    "CI_JOB_IMAGE",
    "APPTAINER_CONTAINER",
    "SINGULARITY_CONTAINER",
    "SLURM_CONTAINER",
)
"""Where an image's name may stand; the first that is set counts."""

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


class Image(NamedTuple):
    """An image by name, and by the SHA-256 of its manifest where that is known."""

    name: str
    digest: str | None


def find(environ: Mapping[str, str], root: str = "/") -> Image | None:
    """Return the image that the environment or podman's own file names, or None."""
    for variable in VARIABLES:
        name = environ.get(variable)
        if name:
            return _image(name, environ.get("IMAGE_DIGEST", ""))
    stated = _podman(root)
    if stated.get("image"):
        return _image(stated["image"], stated.get("imageid", ""))
    return None


def _image(name: str, stated: str) -> Image:
    digest = _DIGEST.search(name) or _DIGEST.search(stated)
    return Image(name.partition("@sha256:")[0], None if digest is None else digest[1])


def _podman(root: str) -> dict[str, str]:
    """Return what ``/run/.containerenv`` says (podman-run(1)); it is empty without privileges."""
    try:
        with open(os.path.join(root, "run/.containerenv"), encoding="utf-8") as handle:
            lines = handle.read(4096).splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs}


class ContainerAdapter:
    """Records the container image of a run, or notes that nothing names it.

    Parameters
    ----------
    pseudonyms, identity, redactor:
        What things are called.
    root:
        Where ``/run`` is.
    """

    name = "container"

    def __init__(
        self, pseudonyms: Pseudonyms, identity: Identity, redactor: Redactor, *, root: str = "/"
    ) -> None:
        self._pseudonyms = pseudonyms
        self._identity = identity
        self._redactor = redactor
        self._root = root

    def start(self, scope: Scope) -> None:
        """Record the image, if this is a container."""
        runtime = self._identity.container
        if runtime is None:
            return
        image = find(os.environ, self._root)
        if image is None:
            if not scope.nested:
                scope.note(
                    "container",
                    f"the run is inside a container ({runtime}) whose image nothing here names; "
                    "set AITIA_CONTAINER_IMAGE to its name and digest",
                )
            return
        iri = self._iri(image)
        name = self._redactor.names(without_credentials(image.name))
        label = os.path.basename(name) if name.startswith(("/", "~")) else name
        place: dict[str, Value | list[Value]] = {AITIA.locator: name}
        scope.emit(Entity(iri, AITIA.ContainerImage, label, image.digest, place))
        scope.emit(Used("", iri, relation=AITIA.insideContainer))

    def stop(self, scope: Scope) -> None:
        """Do nothing: a process never leaves its container."""

    def _iri(self, image: Image) -> str:
        if image.digest is not None:
            return content_iri(image.digest)
        # A name can be given to another image tomorrow, so it names this container's image only.
        return self._pseudonyms.iri("image", image.name, self._identity.host)
