"""Listens and speaks: the command line, and Slack."""
