"""A practice company: seeded books on both sides, and loopback servers that answer as the two vendors do."""
