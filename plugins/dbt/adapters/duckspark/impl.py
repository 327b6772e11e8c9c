"""The adapter: columns as DuckDB types, rendering, and the statements that show raw Parquet to Spark."""

from __future__ import annotations

import csv
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from dbt.adapters.base import available
from dbt.adapters.contracts.connection import AdapterResponse
from dbt.adapters.duckspark.connections import DuckSparkConnectionManager
from dbt.adapters.duckspark.types import duckdb_type, spark_type
from dbt.adapters.spark import SparkAdapter
from dbt.adapters.spark.column import SparkColumn
from dbt_common.exceptions import DbtRuntimeError

from duckdb_to_spark import UnknownConstruct, render, render_steps


class DuckSparkColumn(SparkColumn):  # type: ignore[misc]
    """A column as the project knows it: DuckDB's name of its type, quoted as DuckDB quotes."""

    @property
    def quoted(self) -> str:
        """The name in double quotes."""
        return f'"{self.column}"'


class DuckSparkAdapter(SparkAdapter):  # type: ignore[misc]
    """dbt-spark's adapter; dbt derives the package from this class's name, so it has to begin with the type."""

    ConnectionManager = DuckSparkConnectionManager
    Column = DuckSparkColumn

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._columns: dict[tuple[str, str], dict[str, str]] = {}
        self._steps: dict[str, list[str]] = {}

    def quote(self, identifier: str) -> str:
        """As DuckDB quotes: what dbt quotes is part of SQL that is rendered."""
        return f'"{identifier}"'

    def get_columns_in_relation(self, relation: Any) -> list[DuckSparkColumn]:
        """Columns of a table, view or temporary view, with DuckDB's names of their types."""
        columns = super().get_columns_in_relation(relation)
        return [DuckSparkColumn(column=one.column, dtype=duckdb_type(one.dtype)) for one in columns]

    @available.parse(lambda *_, **__: "")
    def rendered(self, sql: str) -> str:
        """DuckDB's SQL as Spark's. Raises DbtRuntimeError for a construct that has no known form in Spark's SQL."""
        try:
            return render(sql, self._columns_of)
        except UnknownConstruct as unknown:
            raise DbtRuntimeError(str(unknown)) from None

    @available.parse(lambda *_, **__: "")
    def rendered_model(self, sql: str, relation: Any) -> str:
        """DuckDB's SQL of a table as Spark's; what it reads more than once is made a table first (`forget_steps`).

        Raises DbtRuntimeError for a construct that has no known form in Spark's SQL.
        """
        self._columns.pop((relation.schema, relation.identifier), None)
        try:
            steps, query = render_steps(sql, self._columns_of, f"{relation.schema}_{relation.identifier}")
        except UnknownConstruct as unknown:
            raise DbtRuntimeError(str(unknown)) from None
        names = self._steps.setdefault(str(relation), [])
        for step in steps:
            names.append(step.name)
            self.execute(f"drop table if exists {step.name}")
            self.execute(f"create table {step.name} using parquet as {step.query}")
        return query

    @available.parse(lambda *_, **__: None)
    def forget_steps(self, relation: Any) -> None:
        """Drop what `rendered_model` has made for a table."""
        for name in self._steps.pop(str(relation), []):
            self.execute(f"drop table if exists {name}")

    def submit_python_job(self, parsed_model: dict[str, Any], compiled_code: str) -> AdapterResponse:
        """Run a model written in Python in this process, on DuckDB relations over the files of Spark's tables.

        Such a model is what SQL cannot say, on tables small enough for one machine. Its result goes to Spark as a file.
        """
        import duckdb

        relation = self.Relation.create(schema=parsed_model["schema"], identifier=parsed_model["alias"])
        self._columns.pop((relation.schema, relation.identifier), None)
        names: dict[str, Any] = {}
        exec(compiled_code, names)  # noqa: S102 - the project's own model, as dbt compiled it
        with duckdb.connect() as connection:
            dbt = names["dbtObj"](lambda table: connection.read_parquet(f"{self._folder_of(table)}/*.parquet"))
            frame = names["model"](dbt, connection)
            connection.register("frame", frame)
            with tempfile.TemporaryDirectory(dir=os.environ.get("SPARK_LOCAL_DIRS")) as folder:
                connection.execute(f"copy (from frame) to '{folder}/frame.parquet' (format parquet)")
                self.execute(f"create table {relation} using parquet as select * from parquet.`{folder}/frame.parquet`")
        return AdapterResponse(_message="OK")

    def _folder_of(self, table: str) -> str:
        _, rows = self.execute(f"describe extended {table.replace('`', '')}", fetch=True)
        location = next(row[1] for row in rows.rows if row[0] == "Location")
        return str(unquote(urlparse(location).path))

    @available
    def rendered_type(self, name: str) -> str:
        """Spark's name of a DuckDB type."""
        return spark_type(name)

    @available
    def text_literal(self, value: str | None) -> str:
        """A text as Spark writes it: a backslash in a literal would escape what follows."""
        if value is None:
            return "null"
        escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"

    @available.parse(lambda *_, **__: [])
    def csv_rows(self, path: str) -> list[list[str | None]]:
        """Rows of a CSV file below its header; an empty cell is NULL."""
        with Path(path).open(encoding="utf-8", newline="") as file:
            return [[cell or None for cell in row] for row in list(csv.reader(file))[1:]]

    @available.parse(lambda *_, **__: [])
    def raw_statements(self) -> list[str]:
        """Statements that show the raw layer to Spark: WAREHOUSE_SPARK_RAW names their file, else it is the home's.

        Raises DbtRuntimeError if it is not there.
        """
        home = os.environ.get("FUNNELHOUSE_HOME", "../data")
        path = Path(os.environ.get("WAREHOUSE_SPARK_RAW") or f"{home}/build/spark/raw.sql")
        if not path.is_file():
            raise DbtRuntimeError(
                f"Spark is not told yet which raw files count: there is no {path}. A build with "
                "FUNNELHOUSE_ENGINE=spark writes it (make run). For another home set FUNNELHOUSE_HOME."
            )
        return [line for line in path.read_text(encoding="utf-8").split(";\n") if line.strip()]

    def _columns_of(self, schema: str, table: str) -> dict[str, str]:
        if (schema, table) not in self._columns:
            relation = self.Relation.create(schema=schema, identifier=table)
            self._columns[schema, table] = {
                column.column: column.dtype for column in self.get_columns_in_relation(relation)
            }
        return self._columns[schema, table]
