"""Running the DAGs: all of them in one process, or Airflow's own services."""
