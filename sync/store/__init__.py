"""The cache: tables, and functions of a session that write to and read from them."""
