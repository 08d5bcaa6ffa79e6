"""Adapters of the model layer: architectures, training configurations, learning curves."""
