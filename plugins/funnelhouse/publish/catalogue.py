"""Marts that are too large for a file: published as tables of Spark's catalogue, with the version that the file is of.

Setting FUNNELHOUSE_CATALOGUE_TABLES names them. They pass the same gate as all others, are in no file, and are read as
`published.<table>`, a view on the table of the current version in schema `published_<version>`. A kill at any
instruction leaves readers with the old tables or the new ones, and the next publication tidies up. The file's link and
these views move one after the other, so for that moment a reader of both may see two versions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from funnelhouse.publish.errors import PublishRefused
from funnelhouse.publish.functions import TableFunction
from funnelhouse.publish.tables import PublishedTable
from funnelhouse.settings import Settings
from funnelhouse.transform.dbt_runner import as_of_date, run_dbt

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


def snapshot(settings: Settings, version: str, tables: Iterable[str]) -> None:
    """Copy tables of the build into a schema of this version, which nobody reads yet. Raises BuildFailed."""
    _ask(settings, "snapshot_tables", {"schema": _schema(version), "tables": sorted(tables)})


def switch_to(settings: Settings, version: str, tables: Iterable[str], keep: Sequence[str]) -> None:
    """Let readers of `published` get this version; remove those of versions that are not kept. Raises BuildFailed."""
    kept = [_schema(one) for one in {version, *keep}]
    _ask(settings, "switch_tables", {"schema": _schema(version), "tables": sorted(tables), "keep": sorted(kept)})


def _ask(settings: Settings, operation: str, arguments: dict[str, Any]) -> None:
    run_dbt(
        replace(settings, engine="spark"),  # a rollback may come after the engine was changed
        ["run-operation", operation, "--args", json.dumps(arguments)],
        stage=STAGE,
        as_of=as_of_date(settings),
    )


def _schema(version: str) -> str:
    """A version as the name of a schema: `published_20261031t120000z_1a2b3c`."""
    return "published_" + re.sub(r"\W", "_", version).lower()
