"""Running dbt over the raw batches."""
