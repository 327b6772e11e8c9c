"""From archived bytes to typed Parquet batches."""
