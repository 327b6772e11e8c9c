"""The gate: Great Expectations suites at both boundaries."""
