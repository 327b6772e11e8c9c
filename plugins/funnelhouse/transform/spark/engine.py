"""dbt's process for a build by Spark, and its tables brought back to the build file."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import duckdb

from funnelhouse.errors import Verdict
from funnelhouse.settings import Settings
from funnelhouse.sql import sql_name, sql_text

RAW_STATEMENTS = "raw.sql"
TABLES = "tables"
SMALL_BYTES = 256 * 2**20
"""Raw Parquet below this is small: planning a model takes longer than running it, and compiling it longer still."""
PARTITION_BYTES = 64 * 2**20
SCHEMAS = ("seeds", "staging", "intermediate", "marts")


class SparkElsewhere(Verdict):
    """Spark has built, and not where the house looks; the message says which setting to mend."""


class SparkMissing(Verdict):
    """Spark was asked for and cannot run here; the message says what to install."""


def check_installed(settings: Settings) -> None:
    """Raises SparkMissing if the packages of the extra, or Java for a Spark in this process, are not there."""
    if importlib.util.find_spec("pyspark") is None or importlib.util.find_spec("dbt.adapters.spark") is None:
        raise SparkMissing("FUNNELHOUSE_ENGINE=spark needs packages that are not installed: make setup EXTRAS=spark")
    if not settings.spark_server and java_home() is None:
        raise SparkMissing(
            "FUNNELHOUSE_ENGINE=spark needs Java 17: set JAVA_HOME to it, or install it "
            "(Debian and Ubuntu: apt-get install openjdk-17-jre-headless)"
        )


def java_home() -> str | None:
    """Folder of a Java that Spark 4 runs on: JAVA_HOME, else the newest of Debian's 17 and 21, else that of `java`."""
    if given := os.environ.get("JAVA_HOME"):
        return given
    for number in ("21", "17"):
        for path in sorted(Path("/usr/lib/jvm").glob(f"java-1.{number}.0-openjdk-*")):
            if (path / "bin" / "java").exists():
                return str(path)
    found = shutil.which("java")
    return str(Path(found).resolve().parents[1]) if found else None


def environment(settings: Settings) -> dict[str, str]:
    """Environment of dbt's process: where Spark is, and where it keeps what it needs."""
    _settle(settings)
    for folder in ("catalogue", "work"):
        (settings.spark / folder).mkdir(parents=True, exist_ok=True)
    size = sum(path.stat().st_size for path in settings.raw.glob("[!_]*/*.parquet"))
    variables = {
        "WAREHOUSE_SPARK_COMPILES": "true" if size >= SMALL_BYTES else "false",
        "WAREHOUSE_SPARK_PARTITIONS": str(max(2, size // PARTITION_BYTES)),
        "WAREHOUSE_SPARK": str(settings.spark),
        "WAREHOUSE_SPARK_RAW": str(settings.spark / RAW_STATEMENTS),
        "WAREHOUSE_SPARK_MASTER": settings.spark_master,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(settings.spark / "work"),
    }
    if settings.spark_server:
        host, _, port = settings.spark_server.rpartition(":")
        variables |= {"WAREHOUSE_SPARK_HOST": host, "WAREHOUSE_SPARK_PORT": port}
    if java := java_home():
        variables["JAVA_HOME"] = java
    return variables


def target(settings: Settings) -> str:
    """Name of the target in profiles.yml: Spark in dbt's own process, or a server that is asked."""
    return "spark_server" if settings.spark_server else "spark"


def _settle(settings: Settings) -> None:
    """Forget what Spark built before the home was moved or copied: its catalogue would write to the old place."""
    note, here = settings.spark / "place", str(settings.spark.resolve())
    if note.exists() and note.read_text(encoding="utf-8") == here:
        return
    for folder in ("catalogue", TABLES):
        shutil.rmtree(settings.spark / folder, ignore_errors=True)
    settings.spark.mkdir(parents=True, exist_ok=True)
    note.write_text(here, encoding="utf-8")


def leave(settings: Settings) -> None:
    """Take away the views on Spark's tables before DuckDB builds again: dbt replaces no view by a seed."""
    with duckdb.connect(str(settings.build_file)) as connection:
        views = connection.execute(
            "select schema_name, view_name from duckdb_views() where not internal and list_contains(?, schema_name) "
            "and contains(sql, ?)",
            [list(SCHEMAS), f"/{settings.spark.name}/{TABLES}/"],
        ).fetchall()
        for schema, view in views:
            connection.execute(f"drop view {sql_name(schema)}.{sql_name(view)}")


def bring_home(settings: Settings, since: float | None = None) -> int:
    """Make views of the build file over the Parquet files of every table that Spark has built; their number.

    Checks and publishing then read the build file as they do without Spark. Nothing is copied before a version is
    written. Raises SparkElsewhere if no file is younger than `since` (seconds since 1970): what a build left here
    earlier is not what was built now.
    """
    files = {
        (schema, folder.name): list(folder.glob("*.parquet"))
        for schema in SCHEMAS
        for folder in sorted((settings.spark / TABLES / f"{schema}.db").glob("*"))
    }
    if since is not None and not any(path.stat().st_mtime >= since for paths in files.values() for path in paths):
        raise SparkElsewhere(
            f"Spark wrote none of its tables to {settings.spark / TABLES}: that has to be spark.sql.warehouse.dir of "
            f"{settings.spark_server or 'its session'}, under the same path here and there. If the home was moved, "
            f"drop the server's schemas {', '.join(SCHEMAS)} once: each remembers where it was made"
        )
    with duckdb.connect(str(settings.build_file)) as connection:
        tables = set(
            connection.execute(
                "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'"
            ).fetchall()
        )
        for schema in SCHEMAS:
            connection.execute(f"create schema if not exists {schema}")
        brought = {place: paths for place, paths in files.items() if paths}
        for (schema, table), paths in brought.items():
            name = f"{schema}.{sql_name(table)}"
            if (schema, table) in tables:
                connection.execute(f"drop table {name}")
            pattern = sql_text(f"{paths[0].parent}/*.parquet")
            connection.execute(f"create or replace view {name} as select * from read_parquet({pattern})")
    return len(brought)
