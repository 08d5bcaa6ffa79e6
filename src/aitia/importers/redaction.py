"""Keeping secrets and identities of a foreign file out of the graph.

The origin may have written down a whole process environment. Of that, only names on a list are
kept. What the others hold, if they are called like secrets, is taken out of everything else in the
file first, because a secret that is in the environment is often on the command line too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from aitia.records.secrets import MASK, is_secret, is_secret_name, secrets_out
from aitia.records.values import MAX_TEXT, Json, Ref, Typed, Value, to_value

ALLOWED = frozenset(
    {
        *("CONDA_DEFAULT_ENV", "CUBLAS_WORKSPACE_CONFIG", "CUDA_VISIBLE_DEVICES"),
        *("HIP_VISIBLE_DEVICES", "LANG", "LC_ALL", "LOCAL_RANK", "MKL_NUM_THREADS"),
        *("NUMEXPR_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PBS_JOBID"),
        *("PBS_QUEUE", "PYTHONHASHSEED", "RANK", "ROCR_VISIBLE_DEVICES", "SLURM_CPUS_PER_TASK"),
        *("SLURM_JOB_ID", "SLURM_JOB_NUM_NODES", "SLURM_JOB_PARTITION", "SLURM_NTASKS"),
        *("TZ", "WORLD_SIZE", "LSB_JOBID"),
    }
)
"""Environment variables that describe a computation and no person."""

_COMMON = re.compile(r"\d+|root|user|admin|ubuntu|debian|docker|runner|localhost|none|true|false")
_LONGEST_TEXT = 4 * MAX_TEXT
_SHORTEST_SECRET = 6
_SHORTEST_NAME = 3


class Secrets:
    """Takes what environments hold as secrets out of data, and counts how often it did.

    Parameters
    ----------
    environments:
        Process environments.
    """

    def __init__(self, environments: Iterable[Mapping[str, str]]) -> None:
        self.count = 0
        found = {
            value
            for environment in environments
            for name, value in environment.items()
            if name not in ALLOWED and is_secret_name(name) and len(value) >= _SHORTEST_SECRET
        }
        # A secret may be part of another, so the longer goes first.
        self._texts = sorted(found, key=lambda secret: (-len(secret), secret))

    def __bool__(self) -> bool:
        return bool(self._texts)

    def out_of(self, data: Any) -> Any:
        """Return JSON data without the secrets, wherever they stand in it."""
        if isinstance(data, str):
            return self._text(data)
        if isinstance(data, dict):
            return {self._text(str(key)): self.out_of(item) for key, item in data.items()}
        if isinstance(data, list):
            return [self.out_of(item) for item in data]
        return data

    def _text(self, text: str) -> str:
        found = text
        for secret in self._texts:
            found = found.replace(secret, MASK)
        self.count += found != text
        return found


class Redactor:
    """Takes out of texts and values what must not be kept, and counts how often it did.

    Parameters
    ----------
    homes:
        Home folders, which become ``~``.
    names:
        Names of hosts and users, and the pseudonyms to put in their place.
    """

    def __init__(self, homes: Iterable[str] = (), names: Mapping[str, str] | None = None) -> None:
        self.count = 0
        self._homes = tuple(sorted({home for home in homes if len(home) > 1}))
        self._names = [
            (re.compile(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])"), label)
            for name, label in (names or {}).items()
            if len(name) >= _SHORTEST_NAME and not _COMMON.fullmatch(name.lower())
        ]

    def text(self, text: str) -> str:
        """Return ``text`` without secrets, home folders, host and user names."""
        # Values are cut to a quarter of this afterwards, so that no half of a secret is left.
        text = text[:_LONGEST_TEXT]
        found = secrets_out(text)
        for home in self._homes:
            found = found.replace(home, "~")
        for pattern, label in self._names:
            found = pattern.sub(label, found)
        self.count += found != text
        return found

    def plain(self, data: Any, name: str = "") -> Any:
        """Return JSON data with the texts inside redacted; ``name`` is what it is called."""
        if name and is_secret(name, data) and data not in ("", [], {}):
            self.count += 1
            return MASK
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, dict):
            return {self.text(str(key)): self.plain(item, str(key)) for key, item in data.items()}
        if isinstance(data, list):
            return [self.plain(item) for item in data]
        return data

    def value(self, data: Any, name: str = "") -> Value:
        """Return JSON data as the value of a record."""
        kept = to_value(self.plain(data, name))
        return kept if not isinstance(kept, Ref) else Typed(kept.id, "xsd:string")

    def structure(self, data: Any) -> Json:
        """Return JSON data as one structured value."""
        kept = to_value(self.plain(data))
        return kept if isinstance(kept, Json) else Json([self.plain(data)])
