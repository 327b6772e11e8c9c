"""A small closed build file with two marts, for publishing without dbt.

Worked by hand: spend 1.50 + 2.25 = 3.75 over two days; the second mart has one row.
"""

from __future__ import annotations

import json
from typing import Any

import duckdb

from funnelhouse.settings import Settings
from funnelhouse.transform.raw_views import expose_raw
from tests.raw_factory import RawFactory

SPEND = [("2026-10-30", "Paid Search", "1.50"), ("2026-10-31", "Paid Search", "2.25")]

GOOD = {"day": "date", "channel": "text", "spend": "numeric(18,6)", "click_rate": "double"}


def small_build(settings: Settings, spend: list[tuple[str, str, str]] | None = None) -> None:
    """(Re)build the file with `marts.mart_spend` (one row per entry of `spend`) and `marts.dim_channel`."""
    if not (settings.raw / "_batches").exists():
        RawFactory(settings).add("crm_users", [{"record_id": "U1"}], exported_at="2026-10-31T00:00:00")
    expose_raw(settings.build_file, settings.raw)
    with duckdb.connect(str(settings.build_file)) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute(
            "create or replace table marts.mart_spend "
            "(day date, channel varchar, spend decimal(18, 6), click_rate double)"
        )
        for day, channel, amount in SPEND if spend is None else spend:
            connection.execute("insert into marts.mart_spend values (?, ?, ?, 0.5)", [day, channel, amount])
        connection.execute("create or replace table marts.dim_channel as select 'Paid Search' as channel")


def change_build(settings: Settings, statement: str) -> None:
    """Run one statement on the build file and close it."""
    with duckdb.connect(str(settings.build_file)) as connection:
        connection.execute(statement)


def dbt_manifest(settings: Settings, columns: dict[str, str], meta: dict[str, Any] | None = None) -> None:
    """A manifest that describes `marts.mart_spend` with these columns and types, and nothing else."""
    target = settings.build / "dbt_target"
    target.mkdir(parents=True, exist_ok=True)
    node = {
        "resource_type": "model", "schema": "marts", "name": "mart_spend", "alias": "mart_spend",
        "description": "Spend per day.\nOne row per day and channel.",
        "config": {"materialized": "table", "meta": meta or {"grain": {"columns": ["day", "channel"]}}},
        "columns": {
            name: {"name": name, "data_type": kind, "description": f"about {name}", "meta": {"unit": "USD"}}
            for name, kind in columns.items()
        },
    }  # fmt: skip
    document = {"metadata": {"invocation_id": "run-1"}, "nodes": {"model.f.mart_spend": node}}
    (target / "manifest.json").write_text(json.dumps(document))
