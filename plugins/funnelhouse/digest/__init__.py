"""One page about a day: what changed, goals at risk, leaks, stuck leads, advice, and what to be careful with."""
