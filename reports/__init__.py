"""Decides and draws: everything that turns the cache into an answer."""
