"""Marts that are too large for a file: published as tables of Spark's catalogue, with the version that the file is of.

Setting FUNNELHOUSE_CATALOGUE_TABLES names them. They pass the same gate as all others, are in no file, and are read as
`published.<table>`, a view on the table of the current version in schema `published_<version>`. Each view shows a whole
table, the old one or the new one. The file's link and the views move one after the other: for that moment, or until the
command is repeated if it was killed then, a reader of several of them may see two versions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from funnelhouse.publish.errors import PublishRefused
from funnelhouse.publish.functions import TableFunction
from funnelhouse.publish.tables import PublishedTable
from funnelhouse.settings import Settings
from funnelhouse.transform.dbt_runner import run_dbt

STAGE = "publish"


def kept_out(settings: Settings, tables: Iterable[PublishedTable]) -> set[str]:
    """Names of the marts for the catalogue. Raises PublishRefused for a name that is no mart, and without Spark."""
    chosen = set(settings.catalogue_tables)
    if chosen and settings.engine != "spark":
        raise PublishRefused(
            "FUNNELHOUSE_CATALOGUE_TABLES names tables of Spark's catalogue, and FUNNELHOUSE_ENGINE is "
            f"{settings.engine}: set it to spark, or name no tables"
        )
    if unknown := sorted(chosen - {table.name for table in tables}):
        raise PublishRefused(f"FUNNELHOUSE_CATALOGUE_TABLES: there is no mart {', '.join(unknown)}")
    return chosen


def without(functions: Iterable[TableFunction], tables: set[str]) -> list[TableFunction]:
    """Functions that read none of `tables`: in the file the others could not answer."""
    return [one for one in functions if not tables & set(re.findall(r"\w+", one.sql))]


def snapshot(settings: Settings, manifest: dict[str, Any], tables: Iterable[str]) -> None:
    """Copy tables of the build into a schema of this version, which nobody reads yet. Raises BuildFailed."""
    _ask(settings, manifest, "snapshot_tables", {"schema": _schema(manifest["version"]), "tables": sorted(tables)})


def switch_to(settings: Settings, manifest: dict[str, Any], keep: Sequence[str]) -> None:
    """Let readers of `published` get this version; remove those of versions that are not kept. Raises BuildFailed."""
    own = _schema(manifest["version"])
    kept = sorted({own, *map(_schema, keep)})
    tables = sorted(manifest.get("catalogue", []))
    _ask(settings, manifest, "switch_tables", {"schema": own, "tables": tables, "keep": kept})


def _ask(settings: Settings, manifest: dict[str, Any], operation: str, arguments: dict[str, Any]) -> None:
    run_dbt(
        replace(settings, engine="spark"),  # a rollback may come after the engine was changed
        ["run-operation", operation, "--args", json.dumps(arguments)],
        stage=STAGE,
        as_of=date.fromisoformat(manifest["as_of"]),  # a restored home has no build file to ask
    )


def _schema(version: str) -> str:
    """A version as the name of a schema: `published_20261031t120000z_1a2b3c`."""
    return "published_" + re.sub(r"\W", "_", version).lower()
