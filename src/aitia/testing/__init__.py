"""Public doubles: memory sink, manual clock, seeded ids, fake GPU."""
