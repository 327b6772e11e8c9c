"""Whatever a source says reaches a table that somebody reads."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from funnelhouse.contracts.entities import entities
from funnelhouse.settings import Settings
from funnelhouse.transform.dbt_runner import target_folder

pytestmark = pytest.mark.slow
EMPTY = Path(__file__).with_name("columns_without_values.txt")


COUNTERS = ("stg_row_outcomes", "stg_crm_exclusions", "stg_crm_touched", "stg_crm_link", "stg_crm_internal_records")
"""Models that count or connect the rows of every entity, whatever is in them."""


def test_every_entity_has_a_model_that_reads_it(prepared_home: Settings) -> None:
    """Not one that only counts its rows."""
    manifest = json.loads((target_folder(prepared_home) / "manifest.json").read_text(encoding="utf-8"))
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    read = {name for model in models if model["name"] not in COUNTERS for name in model["depends_on"]["nodes"]}
    unread = {source["name"] for key, source in manifest["sources"].items() if key not in read}
    # A filled form is a lead and a response by its contract, too: those entities are read.
    assert unread & set(entities()) == {"ad_leads"}


def without_values(houses: list[Settings]) -> list[str]:
    """`mart.column` of each published column that is NULL in every row of every house."""
    filled: set[str] = set()
    everything: set[str] = set()
    for house in houses:
        with duckdb.connect(str(house.published_file.resolve()), read_only=True) as connection:
            columns = connection.execute(
                """select table_name, list(column_name) from information_schema.columns
                where table_schema = 'marts' group by all"""
            ).fetchall()
            for table, names in columns:
                counts = ", ".join(f'count("{name}")' for name in names)
                row = connection.execute(f'select {counts} from marts."{table}"').fetchone() or ()
                everything |= {f"{table}.{name}" for name in names}
                filled |= {f"{table}.{name}" for name, count in zip(names, row, strict=True) if count}
    return sorted(everything - filled)


def test_columns_that_no_company_fills_are_listed_and_become_fewer(
    sample_house: Settings, firm_house: Settings, shop_house: Settings
) -> None:  # fmt: skip
    """A column that is always NULL reads as if the company had none of it."""
    listed = EMPTY.read_text(encoding="utf-8").split()
    found = without_values([sample_house, firm_house, shop_house])
    new, filled = sorted(set(found) - set(listed)), sorted(set(listed) - set(found))
    assert new == [], "no sample company has a value here: is the column filled from anything?"
    assert filled == [], f"these have values now, or are gone: take them out of {EMPTY.name}"
