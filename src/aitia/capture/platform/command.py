"""How the process was started: command line, chosen environment variables, by whom.

Of the environment only the variables of ``ALLOWED`` are read. Everything passes the redactor.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence

from aitia.capture.identity import Identity, Pseudonyms
from aitia.capture.redaction import Redactor
from aitia.records.ports import Scope
from aitia.records.prov import Associated, Entity, Setting
from aitia.records.values import Value
from aitia.vocabulary.terms import AITIA, PROV

ALLOWED = (
    *("PYTHONHASHSEED", "PYTHONOPTIMIZE", "PYTHONDEVMODE", "TOKENIZERS_PARALLELISM"),
    *("OMP_NUM_THREADS", "OMP_PROC_BIND", "OMP_PLACES", "MKL_NUM_THREADS", "KMP_AFFINITY"),
    *("OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
    *("RAYON_NUM_THREADS", "POLARS_MAX_THREADS"),
    *("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "CUDA_LAUNCH_BLOCKING"),
    *("CUBLAS_WORKSPACE_CONFIG", "NVIDIA_TF32_OVERRIDE", "HIP_VISIBLE_DEVICES"),
    *("ROCR_VISIBLE_DEVICES", "PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_ALLOC_CONF"),
    *("TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "TF_DETERMINISTIC_OPS", "TF_CUDNN_DETERMINISTIC"),
    *("TF_ENABLE_ONEDNN_OPTS", "JAX_PLATFORMS", "JAX_ENABLE_X64", "XLA_FLAGS"),
    *("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "NODE_RANK", "GROUP_RANK"),
    *("SLURM_NTASKS", "SLURM_CPUS_PER_TASK", "SLURM_PROCID", "SLURM_LOCALID", "SLURM_NODEID"),
    *("SLURM_JOB_NUM_NODES", "SLURM_GPUS_ON_NODE", "SLURM_MEM_PER_NODE", "SLURM_MEM_PER_CPU"),
    *("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_RESTART_COUNT"),
)
"""Environment variables that say something about a result and nothing about a person.

The rest of ``SLURM_*`` names hosts, users, accounts and folders, or holds credentials.
"""

_DEVICE = re.compile(r"\b(GPU|MIG)-([0-9A-Za-z/-]+)")
_PLAIN = re.compile(r"[\w@%+=:,./~*<>…-]+")


def command_line(redactor: Redactor, arguments: Sequence[str]) -> str:
    """Return a command as one line that a shell would read, without secrets and identities.

    The interpreter goes by its name alone: its folder says who runs it, not what it is.
    """
    if not arguments:
        return ""
    program = re.split(r"[/\\]", arguments[0])[-1]
    return " ".join(_quoted(part) for part in redactor.arguments([program, *arguments[1:]]))


def _quoted(argument: str) -> str:
    if _PLAIN.fullmatch(argument):
        return argument
    return "'" + argument.replace("'", "'\"'\"'") + "'"


def variables(
    environ: Mapping[str, str], pseudonyms: Pseudonyms, redactor: Redactor
) -> Iterator[tuple[str, str]]:
    """Yield the allowed environment variables that are set, cleaned."""
    for name in ALLOWED:
        value = environ.get(name)
        if value is not None:
            value = _DEVICE.sub(lambda m: f"{m[1]}-{pseudonyms.code('gpu', m[0])}", value)
            yield name, redactor.text(value)


class CommandAdapter:
    """Records how the process of a run was started, and by whom.

    Parameters
    ----------
    pseudonyms, identity:
        What the user is called.
    redactor:
        Cleans what is recorded.
    arguments:
        The command; that of this process when not given.
    """

    name = "command"

    def __init__(
        self,
        pseudonyms: Pseudonyms,
        identity: Identity,
        redactor: Redactor,
        arguments: Sequence[str] | None = None,
    ) -> None:
        self._pseudonyms = pseudonyms
        self._identity = identity
        self._redactor = redactor
        self._arguments = arguments

    def start(self, scope: Scope) -> None:
        """Record the user, and the command unless a run around this one did."""
        self._user(scope)
        if scope.nested:
            return
        arguments = sys.orig_argv if self._arguments is None else self._arguments
        attributes: dict[str, Value | list[Value]] = {
            AITIA.commandLine: command_line(self._redactor, arguments)
        }
        seed = os.environ.get("PYTHONHASHSEED", "")
        if seed.isdigit():
            attributes[AITIA.randomSeed] = int(seed)
        scope.emit(Entity("", AITIA.Execution, attributes=attributes))
        for name, value in variables(os.environ, self._pseudonyms, self._redactor):
            scope.emit(Setting("", f"env.{name}", value))

    def _user(self, scope: Scope) -> None:
        names, who = self._pseudonyms, self._identity
        # A user who wants to be named is recorded by the run itself.
        if who.user_label == names.label("user", who.user):
            user = names.iri("user", who.user)
            scope.emit(Entity(user, PROV.Person, who.user_label))
            scope.emit(Associated("", user))

    def stop(self, scope: Scope) -> None:
        """Do nothing: a process is started once."""
