"""Cin7 Core: its calls, its table of lists, its spelling, and the translation of its rows."""
