"""From a recognised table to typed rows in Parquet files, counted and checked."""
