"""The modules of an optimiser, and the first batch that passes through them.

Which module has which parameter is noted as PyTorch registers it. From the making of an optimiser
until the first batch has passed, PyTorch's hook for all modules is in place, and then it is taken
away. Nothing is ever put on a module itself, so that copies and saved files of it hold no trace.
"""

from __future__ import annotations

import gc
import sys
from typing import Any, NamedTuple
from weakref import ReferenceType, WeakKeyDictionary, WeakValueDictionary, ref

from aitia.capture.guard import guarded
from aitia.capture.model.modules import leaves_of
from aitia.capture.model.shapes import Trace

_MAX_TRACED = 4096


class _Waiting(NamedTuple):
    """A module whose first batch is waited for."""

    module: ReferenceType[Any]
    trace: Trace
    is_root: bool


class Modules:
    """Which module has which parameter and which parent, and what passed through its layers."""

    def __init__(self) -> None:
        self._owners: WeakValueDictionary[int, Any] = WeakValueDictionary()
        self._parents: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self._traces: WeakKeyDictionary[Any, Trace] = WeakKeyDictionary()
        self._waiting: dict[int, _Waiting] = {}
        self._handle: Any = None
        self._may_trace = True

    @guarded("torch")
    def owns(self, module: Any, name: str, parameter: Any) -> None:
        """Note that ``module`` has a parameter."""
        if parameter is not None:
            self._owners[id(parameter)] = module

    @guarded("torch")
    def contains(self, module: Any, name: str, inner: Any) -> None:
        """Note that ``module`` contains another one."""
        if inner is not None:
            self._parents[inner] = ref(module)

    @guarded("torch")
    def made(self, optimizer: Any) -> None:
        """Watch the first batch that passes the modules of a new optimiser."""
        if not self._may_trace:
            return
        for root in self.roots(optimizer):
            if root in self._traces or _is_compiled(root):
                continue
            trace = self._traces[root] = Trace()
            for module in (*leaves_of(root), root):
                self._waiting[id(module)] = _Waiting(ref(module), trace, module is root)
        if self._waiting and self._handle is None:
            torch = sys.modules["torch"]
            self._handle = torch.nn.modules.module.register_module_forward_hook(self._passed)

    @guarded("torch")
    def _passed(self, module: Any, args: Any, output: Any) -> None:
        """Note what passed through a layer; after the outermost module, watch it no more."""
        found = self._waiting.get(id(module))
        if found is None or found.module() is not module:
            return
        calls = found.trace.calls
        if len(calls) < _MAX_TRACED and not (found.is_root and calls):
            found.trace.add(module, args, output)
        if found.is_root:
            self._seen(found.trace)

    def _seen(self, trace: Trace) -> None:
        trace.close()
        for key in [key for key, found in self._waiting.items() if found.trace is trace]:
            del self._waiting[key]
        if not self._waiting:
            self.close()

    @guarded("torch")
    def compiled(self) -> None:
        """Watch nothing from here on: something is about to be compiled."""
        self._may_trace = False
        self.close()

    def close(self) -> None:
        """Take the hook away, and let all tensors go."""
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.remove()
        for found in self._waiting.values():
            found.trace.close()
        self._waiting.clear()

    def trace(self, root: Any) -> Trace | None:
        """Return what passed through the layers of ``root``; None when nothing was seen."""
        trace = self._traces.get(root)
        if trace is None or not trace.calls:
            return None
        self._seen(trace)
        return trace

    def roots(self, optimizer: Any) -> list[Any]:
        """Return the outermost modules that have the parameters of an optimiser."""
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        owners = [self._owner(parameter) for parameter in parameters]
        if any(owner is None for owner in owners):
            self._search(parameters)
            owners = [self._owner(parameter) for parameter in parameters]
        found: dict[int, Any] = {}
        for owner in owners:
            if owner is not None:
                root = self._root(owner)
                found[id(root)] = root
        return list(found.values())

    def _owner(self, parameter: Any) -> Any:
        owner = self._owners.get(id(parameter))
        if owner is None or all(item is not parameter for item in owner._parameters.values()):
            return None
        return owner

    def _root(self, module: Any) -> Any:
        for _ in range(256):
            parent = self._parents.get(module)
            above = parent() if parent is not None else None
            if above is None or all(item is not module for item in above._modules.values()):
                break
            module = above
        return module

    def _search(self, parameters: list[Any]) -> None:
        """Find the modules of parameters that were registered before anything was observed."""
        wanted = {id(parameter) for parameter in parameters}
        base = sys.modules["torch"].nn.Module
        # Not isinstance: it asks each object of the process for its class, which may run code.
        for module in [obj for obj in gc.get_objects() if issubclass(type(obj), base)]:
            for inner in module._modules.values():
                if inner is not None:
                    self._parents.setdefault(inner, ref(module))
            for parameter in module._parameters.values():
                if id(parameter) in wanted:
                    self._owners[id(parameter)] = module


def _is_compiled(root: Any) -> bool:
    return hasattr(root, "_orig_mod") or getattr(root, "_compiled_call_impl", None) is not None
