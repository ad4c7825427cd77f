"""The plan of a sync: what to ask each system next, so that the fewest calls bring the whole truth."""
