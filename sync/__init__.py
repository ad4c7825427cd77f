"""Fetches both systems of record and remembers them in one cache."""
