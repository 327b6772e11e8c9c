"""Read by dbt, which names the adapter's version in its log."""

version = "1.11.0"
