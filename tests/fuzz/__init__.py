"""Mutated export files and what must hold for every one of them: `make fuzz N=10000`."""
