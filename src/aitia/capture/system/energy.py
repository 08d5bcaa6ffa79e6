"""Energy of the processors: by RAPL counters, or an estimate from processor time.

Quantities count from the making of the probe. Units are UCUM codes.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from time import monotonic

from aitia.capture.system.machine import text
from aitia.records.ports import Telling
from aitia.records.prov import Entity
from aitia.records.values import Ref
from aitia.vocabulary.terms import AITIA


class EnergyProbe:
    """Energy of the processor packages and their memory, by RAPL counters under ``/sys``."""

    name = "RAPL"

    def __init__(self, zones: Sequence[str]) -> None:
        self.version = f"Linux {platform.release()}"
        self._names = {zone: _quantity(zone) for zone in zones}
        units = {"cpu_energy_joules": "J", "cpu_power_watts": "W"}
        self.units: Mapping[str, str] = units | dict.fromkeys(self._names.values(), "J")
        self._each = dict.fromkeys(zones, 0)
        self._zones = {zone: int(text(zone, "max_energy_range_uj").strip() or 0) for zone in zones}
        self._counters = {zone: self._microjoules(zone) for zone in zones}
        self._joules = 0.0
        self._at = monotonic()

    def read(self) -> Mapping[str, float]:
        """Return the energy since the probe was made and the power since the last reading."""
        spent = 0
        for zone, largest in self._zones.items():
            before, now = self._counters[zone], self._microjoules(zone)
            if before is not None and now is not None:
                used = now - before if now >= before else now + largest - before
                self._each[zone] += used
                spent += used
            self._counters[zone] = now
        at = monotonic()
        elapsed, self._at = at - self._at, at
        self._joules += spent / 1e6
        values = {"cpu_energy_joules": self._joules}
        if elapsed > 0:
            values["cpu_power_watts"] = spent / 1e6 / elapsed
        if len(self._each) > 1:
            values |= {self._names[zone]: used / 1e6 for zone, used in self._each.items()}
        return values

    def close(self) -> None:
        """Do nothing: the counters belong to the kernel."""

    @staticmethod
    def _microjoules(zone: str) -> int | None:
        counter = text(zone, "energy_uj").strip()
        return int(counter) if counter.isdigit() else None


def energy_zones(root: str = "/") -> list[str]:
    """Return the folders of the RAPL zones that can be read and do not contain one another."""
    base = os.path.join(root, "sys/class/powercap")
    try:
        names = sorted(os.listdir(base))
    except OSError:
        return []
    zones = []
    for name in names:
        zone = os.path.join(base, name)
        kind = text(zone, "name").strip()
        # A package contains its cores and its graphics, but not its memory.
        if kind.startswith(("package", "dram")) and text(zone, "energy_uj").strip().isdigit():
            zones.append(zone)
    return zones


def _quantity(zone: str) -> str:
    """Return the name for a zone: ``package0_energy_joules``, ``dram0_energy_joules``."""
    name = text(zone, "name").strip()
    if name.startswith("package"):
        return f"package{name.partition('-')[2]}_energy_joules"
    # A memory zone lies in that of its package: intel-rapl:0:1.
    parts = os.path.basename(zone).split(":")
    return f"{name}{parts[1] if len(parts) > 1 else ''}_energy_joules"


class EstimateProbe:
    """An estimate of the energy of a process tree: its processor time by a number of watts.

    Parameters
    ----------
    seconds:
        Returns the processor time of the tree in the run so far, None when it is gone.
    watts:
        What a busy core is taken to draw.
    """

    units: Mapping[str, str] = {
        "cpu_energy_estimated_joules": "J",
        "cpu_power_estimated_watts": "W",
    }

    def __init__(self, seconds: Callable[[], float | None], watts: float) -> None:
        self.name = f"estimate: processor time by {watts:g} W"
        self._seconds = seconds
        self._watts = watts
        self._before = 0.0
        self._at = monotonic()

    def read(self) -> Mapping[str, float]:
        """Return the estimate since the run began, empty when the processes are gone."""
        spent = self._seconds()
        if spent is None:
            return {}
        at = monotonic()
        elapsed, self._at = at - self._at, at
        spent = max(spent, self._before)
        values = {"cpu_energy_estimated_joules": spent * self._watts}
        if elapsed > 0:
            watts = (spent - self._before) * self._watts / elapsed
            values["cpu_power_estimated_watts"] = watts
        self._before = spent
        return values

    def tell(self, telling: Telling) -> None:
        """Say that the energy is no measurement."""
        text = (
            "the energy of the processor is an estimate, not a measurement: processor time by "
            f"{self._watts:g} W for a busy core, as no counter of energy can be read here"
        )
        telling.remark("energy-estimate", text)

    def close(self) -> None:
        """Do nothing: the probe holds nothing."""


class GridProbe:
    """The carbon intensity of the grid, as it is configured: what emissions are reckoned with.

    Parameters
    ----------
    grams:
        Grams of CO2 equivalent for a kilowatt-hour.
    node:
        The host that the grid supplies.
    site:
        What stands for the place with that grid.
    """

    name = "grid intensity from the settings"
    units: Mapping[str, str] = {"grid_intensity_grams_per_kilowatt_hour": "g/(kW.h)"}

    def __init__(self, grams: float, node: str, site: str) -> None:
        self._grams = grams
        self._node = node
        self._site = site
        self._told = False

    def read(self) -> Mapping[str, float]:
        """Return the setting."""
        return {"grid_intensity_grams_per_kilowatt_hour": self._grams}

    def tell(self, telling: Telling) -> None:
        """Describe the place that the host stands at."""
        if not self._told:
            self._told = True
            about = {AITIA.gramsCO2ePerKilowattHour: self._grams}
            telling.describe(Entity(self._site, AITIA.Site, "site of the grid", attributes=about))
            at = {AITIA.locatedAt: Ref(self._site)}
            telling.describe(Entity(self._node, AITIA.ComputeNode, attributes=at))

    def close(self) -> None:
        """Do nothing: the probe holds nothing."""
