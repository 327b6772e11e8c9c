"""Each model alone on Spark: its rendered SQL over the tables that DuckDB built, against the table that DuckDB built.

A model is rendered in steps and a data test whole, as the adapter does.

`python -m tests.spark.alone --home DIR [--select NAME ..] [--tests]`: DIR is a home that `funnelhouse run` built.
Prints a line per model or data test: its seconds, and equal, different with an example, or fails with the first line of
the error. Exit code 1 if anything is not equal.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from duckdb_to_spark import SESSION, UnknownConstruct, render, render_steps
from duckdb_to_spark.steps import SCHEMA, Step
from tests.spark.compare import OWN_TO_A_BUILD, differences, other_types
from tests.spark.compiled import compile_project, data_tests, models


class Home:
    """What DuckDB built: its tables, what dbt compiled, and Parquet of those tables for Spark."""

    def __init__(self, folder: Path) -> None:
        build = folder / "build"
        self.connection = duckdb.connect()
        self.connection.execute(f"attach '{build / 'warehouse.duckdb'}' as warehouse (read_only)")
        self.connection.execute("use warehouse")
        day = self.connection.execute("select as_of from raw._reporting_date").fetchall()[0][0]
        with tempfile.TemporaryDirectory(prefix="spark-alone-") as target:
            self.nodes = compile_project(Path(target), as_of=str(day))
        self.inputs = folder / "spark" / "inputs"
        self.inputs.mkdir(parents=True, exist_ok=True)
        self.results = folder / "spark" / "results"
        self.read: set[tuple[str, str]] = set()
        self.seconds = 0.0

    def columns_of(self, schema: str, table: str) -> Mapping[str, str]:
        """Columns and types of a table of the build; remembers that it is read."""
        self.read.add((schema, table))
        return dict(
            self.connection.execute(
                "select column_name, data_type from duckdb_columns()"
                " where database_name = 'warehouse' and schema_name = ? and table_name = ? order by column_index",
                [schema, table],
            ).fetchall()
        )

    def parquet(self, schema: str, table: str) -> Path:
        """A table as Parquet, written once; integers of 128 bits as decimals, since Parquet has none."""
        path = self.inputs / f"{schema}.{table}.parquet"
        if not path.exists():
            wide = {"HUGEINT": "decimal(38, 0)", "UBIGINT": "decimal(20, 0)", "JSON": "varchar"}
            columns = ", ".join(
                f'cast("{name}" as {wide[kind]}) as "{name}"' if kind in wide else f'"{name}"'
                for name, kind in self.columns_of(schema, table).items()
            )
            self.connection.execute(f"copy (select {columns} from {schema}.{table}) to '{path}' (format parquet)")
        return path


def session(warehouse: Path) -> Any:
    """A local Spark session with the settings that decide numbers; the tables of steps are written to `warehouse`."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").appName("alone")
    settings = {
        **SESSION,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # On so few rows, planning and compiling take longer than running.
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.driver.memory": "3g",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(warehouse),
        "spark.buffer.pageSize": "2m",
        "spark.log.level": "OFF",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark


def offer(spark: Any, home: Home, tables: set[tuple[str, str]]) -> None:
    """Tables under their names in Spark's catalogue, over their Parquet."""
    for schema, table in tables:
        spark.sql(f"create database if not exists `{schema}`")
        if not spark.catalog.tableExists(f"`{schema}`.`{table}`"):
            spark.sql(f"create table `{schema}`.`{table}` using parquet location '{home.parquet(schema, table)}'")


def run_alone(spark: Any, home: Home, node: dict[str, Any]) -> tuple[str, list[str]]:
    """Run one model or test on Spark and compare. Verdict (equal, different, fails) and what there is to say."""
    home.read.clear()
    path = home.results / node["name"]
    shutil.rmtree(path, ignore_errors=True)
    try:
        began = time.perf_counter()
        steps: list[Step] = []
        if node["resource_type"] == "test":
            sql = render(node["compiled_code"], home.columns_of)
        else:
            steps, sql = render_steps(node["compiled_code"], home.columns_of, node["name"])
        home.seconds = time.perf_counter() - began
        offer(spark, home, set(home.read))
        began = time.perf_counter()
        for step in steps:
            spark.sql(f"create table {step.name} using parquet as {step.query}")
        spark.sql(sql).write.parquet(str(path))
        for step in steps:
            spark.sql(f"drop table {step.name}")
        home.seconds += time.perf_counter() - began
    except UnknownConstruct as error:
        return "fails", [f"not rendered: {error}"]
    except Exception as error:  # noqa: BLE001 - Spark's errors have no common class, and the next model still runs
        lines = [line for line in str(error).splitlines() if line.strip()]
        return "fails", lines[1:2] if lines[0].startswith("An error occurred while calling") else lines[:1]
    if node["resource_type"] == "test":
        expected = home.connection.sql(node["compiled_code"])
        found = differences(expected, path, ignored=("example",))
        return ("different" if found else "equal"), found
    expected = home.connection.sql(f"select * from {node['schema']}.{node['alias']}")
    found = differences(expected, path, ignored=OWN_TO_A_BUILD.get(node["name"], ()))
    return ("different", found) if found else ("equal", other_types(expected, path))


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for and print a line each."""
    parser = argparse.ArgumentParser(prog="python -m tests.spark.alone", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="a home whose warehouse DuckDB built")
    parser.add_argument("--select", nargs="+", default=[], help="names of models or tests (default: all)")
    parser.add_argument("--tests", action="store_true", help="the data tests instead of the models")
    asked = parser.parse_args(arguments)
    home = Home(asked.home.resolve())
    nodes = list(data_tests(home.nodes) if asked.tests else models(home.nodes))
    if asked.select:
        nodes = [node for node in nodes if node["name"] in asked.select]
    warehouse = home.results.with_name("warehouse")
    shutil.rmtree(warehouse, ignore_errors=True)
    spark = session(warehouse)
    spark.sql(f"create database {SCHEMA}")
    counts: dict[str, int] = {}
    seconds = 0.0
    for node in nodes:
        verdict, said = run_alone(spark, home, node)
        counts[verdict] = counts.get(verdict, 0) + 1
        seconds += home.seconds
        line = f"{verdict:9} {node['name']} {home.seconds:.1f} s{': ' if said else ''}{'; '.join(said)}"
        print(line[:1500], flush=True)  # noqa: T201
    counted = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    print(f"{counted}; {seconds:.0f} s together")  # noqa: T201
    spark.stop()
    return 0 if set(counts) <= {"equal"} else 1


if __name__ == "__main__":
    sys.exit(main())
