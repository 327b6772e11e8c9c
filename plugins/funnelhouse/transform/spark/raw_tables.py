"""Schema `raw` in Spark: external tables over the very Parquet files that count, statements in one file.

Which files count is decided once, in the build file (`transform.raw_views`); this only says it in Spark's words. The
small tables that the build file holds itself (what was loaded, received, left out) are written beside as Parquet.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from funnelhouse.contracts.entities import Entity, entities
from funnelhouse.files import replacing
from funnelhouse.settings import Settings, SettingsError
from funnelhouse.sql import sql_text
from funnelhouse.store.batches import entity_path, read_batches
from funnelhouse.transform.spark.engine import RAW_STATEMENTS

_SUFFIX_OF_PARTS = ("__whole", "__partly")
_TYPES = {"VARCHAR": "string", "TIMESTAMP": "timestamp_ntz", "INTEGER": "int", "HUGEINT": "decimal(38,0)"}
"""Names of types that differ; Spark's TIMESTAMP is an instant of a zone, its TIMESTAMP_NTZ is ours."""


def write_raw_statements(settings: Settings) -> Path:
    """Write the statements that show the raw layer to Spark, one to a line that ends in `;`; their file.

    Call it after the build file knows which files and rows count (task `check_raw`). Names of files are those of
    batches, hexadecimal. Raises SettingsError if the name of the home means more than itself to Spark.
    """
    if odd := set(str(settings.home)) & set("{}[]*?,\\"):
        raise SettingsError(
            f"FUNNELHOUSE_HOME={settings.home} has {' '.join(sorted(odd))} in its name, "
            "which Spark takes for a pattern of file names; move the home to a folder without"
        )
    folder = settings.spark / "raw"
    target = settings.spark / RAW_STATEMENTS
    settings.spark.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with duckdb.connect(str(settings.build_file), read_only=True) as connection, replacing(target) as place:
        place.write_text("".join(f"{one};\n" for one in _statements(settings, connection, folder)), encoding="utf-8")
    return target


def _statements(settings: Settings, connection: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[str]:
    # Tables over files that stay where they are: dropping them removes no file.
    yield "drop schema if exists raw cascade"
    yield "create schema raw"
    # What a killed build left of large CTEs.
    yield "drop schema if exists steps cascade"
    yield "create schema steps"
    names = [
        str(name)
        for (name,) in connection.execute(
            "select table_name from information_schema.tables where table_schema = 'raw' order by table_name"
        ).fetchall()
    ]
    for name in names:
        if name in entities():
            continue
        path = folder / f"table{name}.parquet"  # Spark takes a file whose name begins with _ for none, and says nothing
        connection.execute(f"copy (from raw.{name}) to {sql_text(str(path))} (format parquet)")
        columns = [(column, kind) for column, kind, *_ in connection.execute(f"describe raw.{name}").fetchall()]
        yield _table(name, columns, str(path))
    counting = {str(row[0]) for row in connection.execute("select batch_id from raw._batches").fetchall()}
    marked = {str(row[0]) for row in connection.execute("select distinct batch_id from raw._kept_aside").fetchall()}
    batches = [batch for batch in read_batches(settings.raw) if batch.batch_id in counting]
    for entity in entities().values():
        ids = [
            batch.batch_id
            for batch in batches
            if any(output.entity == entity.name and output.rows for output in batch.outputs)
        ]
        whole = [entity_path(settings.raw, entity.name, one) for one in ids if one not in marked]
        partly = [entity_path(settings.raw, entity.name, one) for one in ids if one in marked]
        yield from _entity(entity, whole, partly, folder)


def _entity(entity: Entity, whole: Sequence[Path], partly: Sequence[Path], folder: Path) -> Iterator[str]:
    columns = [(column.name, column.sql_type) for column in entity.all_columns]
    if not partly:
        yield _table(entity.name, columns, _glob(whole, folder))
        return
    for suffix, paths in zip(_SUFFIX_OF_PARTS, (whole, partly), strict=True):
        yield _table(entity.name + suffix, columns, _glob(paths, folder))
    first, second = (f"raw.{entity.name}{suffix}" for suffix in _SUFFIX_OF_PARTS)
    yield (
        f"create view raw.{entity.name} as select * from {first} union all select * from {second} as one where not "
        "exists (select 1 from raw._kept_aside as kept where kept.batch_id = one._batch_id "
        "and kept.row_number = one._row_number)"
    )


def _table(name: str, columns: Sequence[tuple[str, str]], path: str) -> str:
    """Columns that no file has are NULL, as those of an entity that gained a column since."""
    typed = ", ".join(f"`{column}` {_TYPES.get(kind, kind.lower())}" for column, kind in columns)
    return f"create table raw.{name} ({typed}) using parquet options (path '{_literal(path)}')"


def _glob(paths: Sequence[Path], folder: Path) -> str:
    """One path for many files of a folder; for none, an empty folder."""
    if not paths:
        empty = folder / "_empty"
        empty.mkdir(exist_ok=True)
        return str(empty)
    names = ",".join(sorted(path.name for path in paths))
    return f"{paths[0].parent}/{{{names}}}"


def _literal(path: str) -> str:
    return path.replace("\\", "\\\\").replace("'", "\\'")
