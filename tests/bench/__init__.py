"""Benchmarks: ratios of medians within one run, never absolute times. `make bench CHAPTER=extract`."""
