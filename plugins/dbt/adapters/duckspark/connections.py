"""How this adapter connects: as dbt-spark does, with the session settings that decide numbers."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from dbt.adapters.spark.connections import SparkConnectionManager, SparkConnectionMethod, SparkCredentials

from duckdb_to_spark import SESSION

# PySpark writes every failed statement with its Java stack to the error output; dbt reports it in words anyway.
logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)


@dataclass
class DuckSparkCredentials(SparkCredentials):  # type: ignore[misc]
    """Those of dbt-spark. The settings of SESSION stand above those of the profile: another value is another number."""

    def __post_init__(self) -> None:
        super().__post_init__()
        # dbt-spark turns ANSI off, where an overflow or an impossible cast is silently NULL.
        self.server_side_parameters.update(SESSION)
        if self.method in (SparkConnectionMethod.THRIFT, SparkConnectionMethod.HTTP):
            # Spark's Thrift server leaves every other key of a new session aside, and says nothing.
            self.server_side_parameters = {f"set:hiveconf:{k}": v for k, v in self.server_side_parameters.items()}

    @property
    def type(self) -> str:
        """Name of the adapter in profiles.yml."""
        return "duckspark"


class DuckSparkConnectionManager(SparkConnectionManager):  # type: ignore[misc]
    """That of dbt-spark under another name, by which dbt finds it."""

    TYPE = "duckspark"
