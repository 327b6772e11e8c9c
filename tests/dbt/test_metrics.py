"""The glossary: what says something about a metric says the same as its definition in the semantic layer."""

from __future__ import annotations

import csv
import json
import re
from typing import Any

import duckdb
import pytest

from funnelhouse.settings import REPOSITORY, Settings
from funnelhouse.transform.dbt_runner import target_folder

pytestmark = pytest.mark.slow  # dbt parses the project

PROJECT = REPOSITORY / "dbt_project"
WAYS = {"increase": "up", "decrease": "down"}
UNITS = {"share": "rate"}
"""Words of the goal catalogue for which the glossary has others."""
NOT_THE_COLUMN = {"win_rate", "cycle_time", "revenue_per_recipient", "prospecting_minutes"}
"""Ratios that no table stores: their column is what they are made from."""


@pytest.fixture(scope="module")
def manifest(prepared_home: Settings) -> dict[str, Any]:
    """dbt's manifest of the project."""
    parsed: dict[str, Any] = json.loads((target_folder(prepared_home) / "manifest.json").read_text(encoding="utf-8"))
    return parsed


@pytest.fixture(scope="module")
def metrics(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Metrics of the glossary by name: those with a unit."""
    return {one["name"]: one for one in manifest["metrics"].values() if one["config"]["meta"].get("unit")}


def _mart(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = manifest["nodes"][f"model.funnelhouse.{name}"]
    return found


def test_every_goal_metric_is_a_metric_with_the_same_label_unit_and_way(metrics: dict[str, dict[str, Any]]) -> None:
    by_goal = {one["config"]["meta"]["goal_metric"]: one for one in metrics.values()
               if one["config"]["meta"].get("goal_metric")}  # fmt: skip
    with (PROJECT / "seeds" / "goal_metrics.csv").open(encoding="utf-8", newline="") as file:
        goals = {row["metric"]: row for row in csv.DictReader(file)}
    assert set(by_goal) == set(goals)
    for name, goal in goals.items():
        meta = by_goal[name]["config"]["meta"]
        said = (by_goal[name]["label"], meta["unit"], meta["direction"])
        assert said == (goal["label"], UNITS.get(goal["unit"], goal["unit"]), WAYS[goal["default_direction"]]), name


def test_what_periods_are_compared_in_has_the_unit_of_the_glossary(metrics: dict[str, dict[str, Any]]) -> None:
    text = (PROJECT / "macros" / "compared_metrics.sql").read_text(encoding="utf-8")
    compared = dict(re.findall(r"^        \('(\w+)', '(count|money|rate|days)',", text, re.MULTILINE))
    compared |= dict.fromkeys(re.findall(r"'(\w+)'", text.split("for metric in [")[1].split("]")[0]), "ratio")
    assert len(compared) > 35
    assert compared == {name: metrics[name]["config"]["meta"]["unit"] for name in compared}


def test_every_stored_ratio_is_labelled_and_composed_as_its_metric(
    manifest: dict[str, Any], metrics: dict[str, dict[str, Any]]
) -> None:
    measures = {measure["name"]: measure["expr"] or measure["name"]
                for model in manifest["semantic_models"].values() for measure in model["measures"]}  # fmt: skip

    def column(name: str) -> str:
        measure = manifest["metrics"][f"metric.funnelhouse.{name}"]["type_params"]["measure"]
        return re.sub(
            r" / 1000\.0$|^case when period_grain = 'month' then (\w+) end$", r"\1", measures[measure["name"]]
        )

    found = 0
    for name, metric in metrics.items():
        meta, parts = metric["config"]["meta"], metric["type_params"]
        rates = {rate["rate"]: rate for rate in _mart(manifest, meta["mart"])["config"]["meta"].get("rates", [])}
        if meta["column_name"] not in _mart(manifest, meta["mart"])["columns"]:
            pytest.fail(f"{name}: {meta['mart']} has no column {meta['column_name']}")
        if not parts["numerator"] or name in NOT_THE_COLUMN:
            continue
        rate = rates[meta["column_name"]]
        assert rate.get("direction") == meta.get("direction"), name
        if meta["mart"] == "mart_channel_kpi_daily":
            found += 1
            said = (metric["label"], column(parts["numerator"]["name"]), column(parts["denominator"]["name"]))
            assert said == (rate["label"], rate["numerator"], rate["denominator"]), name
    assert found > 20


def test_the_records_that_feed_a_metric_are_upstream_of_its_table(
    manifest: dict[str, Any], metrics: dict[str, dict[str, Any]]
) -> None:
    wrong = []
    for name, metric in metrics.items():
        waiting, seen = [f"model.funnelhouse.{metric['config']['meta']['mart']}"], set()
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                waiting += manifest["nodes"].get(key, {}).get("depends_on", {}).get("nodes", [])
        upstream = {manifest["sources"][key]["name"] for key in seen if key in manifest["sources"]}
        wrong += [f"{name}: {one}" for one in metric["config"]["meta"]["entities"] if one not in upstream]
    assert not wrong, wrong


def test_the_published_glossary_has_every_metric_as_it_is_defined(
    sample_house: Settings, metrics: dict[str, dict[str, Any]]
) -> None:
    with duckdb.connect(str(sample_house.published_file.resolve()), read_only=True) as published:
        rows = published.execute(
            "select metric, label, description, unit, direction, source, mart, column_name, goal_metric, "
            "since_version, numerator, denominator, formula, grain, owner from marts.dim_metric"
        ).fetchall()
        dictionary = published.execute(
            "select object_name, column_name, label, unit, direction, formula from meta.data_dictionary "
            "where column_name in ('spend_reporting', 'ctr', 'mrr_end') and label is not null"
        ).fetchall()
    assert {row[0] for row in rows} == set(metrics)
    for row in rows:
        metric = metrics[row[0]]
        meta, parts = metric["config"]["meta"], metric["type_params"]
        assert row[1:10] == (
            metric["label"], metric["description"].strip(), meta["unit"], meta.get("direction", "none"),
            ", ".join(meta["entities"]), meta["mart"], meta["column_name"], meta.get("goal_metric"),
            meta["since_version"],
        )  # fmt: skip
        assert row[10:12] == tuple((parts[side] or {}).get("name") for side in ("numerator", "denominator"))
        assert all(row[12:])
    ctr = next(row for row in rows if row[0] == "ctr")
    assert ctr[12:14] == ("clicks / impressions", "date_day, channel, source, account_id, campaign_id")
    assert ("mart_channel_kpi_daily", "spend_reporting", "Ad spend", "reporting currency", None, None) in dictionary
    assert ("mart_channel_kpi_period", "spend_reporting", "Ad spend", "reporting currency", None, None) in dictionary
    period = ("mart_channel_kpi_period", "ctr", "Ad click-through rate", "fraction", "up", "clicks / impressions")
    assert period in dictionary
    assert ("mart_mrr", "mrr_end", "Monthly recurring revenue", "reporting currency", "up", None) in dictionary
