"""Time and identity: nanoseconds that never run backwards, run ids, process tokens."""

from __future__ import annotations

import os
import time
from hashlib import blake2b

from aitia.records.values import Typed

tick = time.perf_counter_ns
offset = time.time_ns() - time.perf_counter_ns()
"""What is added to ``tick()`` for ``now()``; the hot path adds it itself."""

_DRIFT = 100_000_000


def now() -> int:
    """Return nanoseconds since the epoch, UTC; never less than before in this process."""
    return tick() + offset


def synchronise() -> None:
    """Take up the wall clock again if it is ahead by more than 0.1 s, as after a suspension.

    Called when a run opens. A wall clock that was set back is not followed.
    """
    global offset
    ahead = time.time_ns() - now()
    if ahead > _DRIFT:
        offset += ahead


def step() -> str:
    """Say how the wall clock has left the times that are recorded here; ``""`` if it has not."""
    ahead = time.time_ns() - now()
    if abs(ahead) <= _DRIFT:
        return ""
    how = "set forward, or the machine slept" if ahead > 0 else "set back"
    way = "behind" if ahead > 0 else "ahead of"
    return (
        f"the wall clock was {how}: the last times recorded by this process are "
        f"{abs(ahead) / 1e9:.1f} s {way} it"
    )


def uuid4(random: bytes) -> str:
    """Return the UUID of version 4 (RFC 9562 §5.4) made of 16 random bytes."""
    raw = bytearray(random)
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def new_run_id() -> str:
    """Return the id of a new run: random, so that its first digits tell runs apart."""
    return uuid4(os.urandom(16))


def process_token() -> str:
    """Return the scope of this process in a run that it joins: unique per process."""
    identity = f"{os.uname().nodename}|{os.getpid()}|{time.time_ns()}"
    return blake2b(identity.encode(), digest_size=5).hexdigest()


def date_time(nanoseconds: int) -> Typed:
    """Return the ``xsd:dateTime`` value of a time."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return Typed(f"{moment}.{rest:09d}Z", "xsd:dateTime")
