"""Writing a version into a folder nobody reads yet, and proving that it holds what the build holds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from funnelhouse.files import readable_folder, sha256_of, sync_file, sync_folder, write_json
from funnelhouse.publish.errors import PublishRefused
from funnelhouse.publish.functions import TableFunction, create_functions, verify_functions
from funnelhouse.publish.meta_tables import COLUMNS, Facts, describe_tables, write_meta
from funnelhouse.publish.tables import PublishedTable, list_tables, measured
from funnelhouse.publish.workbook import Written, verify_workbook, write_workbook
from funnelhouse.settings import Settings
from funnelhouse.sql import sql_name, sql_text
from funnelhouse.store.versions import DATABASE, MANIFEST, PARQUET, WORKBOOK

STORAGE_VERSION = "v1.0.0"
"""Storage format of the published file: what every DuckDB from 1.0 on and most drivers can open."""

BUILD, TARGET = "build", "target"


@contextlib.contextmanager
def attached_build(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own with the build file attached read-only as `build`."""
    configuration: dict[str, Any] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": str(settings.build / "duckdb_temp"),
        "autoinstall_known_extensions": False,
    }
    with duckdb.connect(config=configuration) as connection:
        connection.execute(f"attach {sql_text(str(settings.build_file))} as {BUILD} (read_only)")
        yield connection


def write_candidate(connection: duckdb.DuckDBPyConnection, folder: Path, facts: Facts, settings: Settings) -> Written:
    """Write database, Parquet files and workbook of a version into `folder`; what the workbook should hold.

    `facts.tables` are copied from the build.
    """
    path = folder / DATABASE
    connection.execute(f"attach {sql_text(str(path))} as {TARGET} (storage_version {sql_text(STORAGE_VERSION)})")
    connection.execute(f"create schema {TARGET}.marts")
    for table in facts.tables:
        columns = ", ".join(sql_name(name) for name, _ in table.columns)
        name = f"{sql_name(table.schema)}.{sql_name(table.name)}"
        connection.execute(
            f"create table {TARGET}.{name} as select {columns} from {BUILD}.{name} order by {table.order}"
        )
    describe_tables(connection, TARGET, facts.dictionary)
    write_meta(connection, TARGET, facts)
    create_functions(connection, TARGET, facts.functions)
    (folder / PARQUET).mkdir()
    for table in facts.tables:
        # Snappy and format version 1 are what the oldest readers understand.
        connection.execute(
            f"copy {TARGET}.{sql_name(table.schema)}.{sql_name(table.name)} to "
            f"{sql_text(str(folder / PARQUET / f'{table.name}.parquet'))} "
            "(format parquet, compression snappy, parquet_version v1)"
        )
    written = write_workbook(connection, TARGET, folder / WORKBOOK, facts, settings)
    connection.execute(f"detach {TARGET}")
    return written


def verify_candidate(
    folder: Path,
    tables: list[PublishedTable],
    hashes: dict[str, str],
    functions: list[TableFunction],
    workbook: Written,
) -> None:
    """Open the candidate as a reader would and compare every table with the build. Raises PublishRefused."""
    path = folder / DATABASE
    with duckdb.connect(str(path), read_only=True) as connection:
        catalog = path.stem
        found = {table.name: table for table in list_tables(connection, catalog, "marts")}
        meta = {table.name for table in list_tables(connection, catalog, "meta")}
        if set(found) != {table.name for table in tables} or meta != set(COLUMNS):
            raise PublishRefused("the written file does not hold the tables of the build; publish again")
        for table in tables:
            copy, digest = measured(connection, catalog, found[table.name])
            if copy != table or digest != hashes[table.name]:
                raise PublishRefused(
                    f"marts.{table.name} came out different from the build ({copy.rows} of {table.rows} rows); "
                    "the disk or the build file may be damaged"
                )
            parquet = folder / PARQUET / f"{table.name}.parquet"
            counted = connection.execute(f"select count(*) from read_parquet({sql_text(str(parquet))})").fetchone()
            if counted is None or counted[0] != table.rows:
                raise PublishRefused(f"{parquet.name} has {counted} rows, the build {table.rows}")
        verify_functions(connection, functions)
    verify_workbook(folder / WORKBOOK, workbook)


def seal_candidate(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest, make every file read-only and flush all of it to disk."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest["files"] = {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256_of(path)} for path in files
    }
    write_json(folder / MANIFEST, manifest)
    for path in (*files, folder / MANIFEST):
        path.chmod(0o444)
        sync_file(path)
    # The deepest first, so that a folder is flushed after what it holds.
    for place in (*sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True), folder):
        readable_folder(place)
        sync_folder(place)
