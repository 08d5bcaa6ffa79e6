"""Adapters of the system layer: hosts, processors, accelerators, allocations, telemetry."""
