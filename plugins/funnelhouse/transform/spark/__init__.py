"""The same models built by Spark: raw Parquet shown to it, and what it built brought back for checks and publishing."""
