"""Pages that answer one question each, from the published tables alone: in Airflow, alone with a login, or as files."""
