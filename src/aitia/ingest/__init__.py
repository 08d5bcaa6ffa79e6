"""From journals to the store: map, validate, quarantine, commit."""
