"""dbt-spark for models written in DuckDB's SQL: what a model says is rendered as Spark's SQL where dbt runs it.

Everything else is dbt-spark. Statements are rendered in the macros of `dbt/include/duckspark`, before dbt wraps a model
into `create table`: dbt-spark's own statements are Spark's SQL already.
"""

from dbt.adapters.base import AdapterPlugin
from dbt.adapters.duckspark.connections import DuckSparkCredentials
from dbt.adapters.duckspark.impl import DuckSparkAdapter
from dbt.include import duckspark

Plugin = AdapterPlugin(
    adapter=DuckSparkAdapter,
    credentials=DuckSparkCredentials,
    include_path=duckspark.PACKAGE_PATH,
    dependencies=["spark"],
)
