"""The vocabulary both vendors are translated into; standard library only, no I/O."""
