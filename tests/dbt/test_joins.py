"""DuckDB compares every row of one side with every row of the other where an outer join's condition is not only
comparisons of the two sides: a condition on the left row alone is one, and belongs into the key (`case when .. end =`).

Fifty times the rows take 2,500 times as long then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from funnelhouse.settings import REPOSITORY, Settings
from funnelhouse.transform.dbt_runner import target_folder

pytestmark = pytest.mark.slow

FEW_ROWS_ON_ONE_SIDE = {
    "dim_stage": "stages",
    "int_bundle_part": "bundles of the price list",
    "int_funnel_step": "steps that a pipeline skips",
    "int_lead_fit": "bands of the score",
    "int_pipeline_step": "steps of pipelines",
    "int_unknown_value": "rules",
    "mart_attribution_share": "one row of totals",
    "mart_benchmark_gap": "benchmarks",
    "mart_expansion": "months",
    "mart_goal_history": "goals",
    "mart_moment_of_truth": "stages",
    "mart_roi": "goals of CAC",
    "mart_source_freshness": "exports of one account",
    "mart_unknown_value": "rules",
    "mart_visitor": "months of channels",
}
"""Where such a join is meant, and what there are few of."""


def joins(plan: dict[str, Any]) -> Iterator[str]:
    """Kinds of the outer joins in a plan that look at every pair of rows."""
    if plan["name"].strip() in ("BLOCKWISE_NL_JOIN", "NESTED_LOOP_JOIN"):
        kind = plan["extra_info"]["Join Type"]
        if kind in ("LEFT", "RIGHT", "FULL", "OUTER"):
            yield kind
    for child in plan["children"]:
        yield from joins(child)


def test_outer_joins_look_at_no_pair_of_rows_that_do_not_belong_together(sample_house: Settings) -> None:
    manifest = json.loads((target_folder(sample_house) / "manifest.json").read_text(encoding="utf-8"))
    found = set()
    with duckdb.connect(str(sample_house.build_file), read_only=True) as connection:
        for node in manifest["nodes"].values():
            if not node.get("compiled_path") or node.get("language") != "sql":
                continue
            sql = (REPOSITORY / "dbt_project" / node["compiled_path"]).read_text(encoding="utf-8")
            if node["resource_type"] == "model" and node["config"]["materialized"] != "table_function":
                row = connection.execute(f"explain (format json) {sql}").fetchone()
                if row and any(kind for plan in json.loads(row[1]) for kind in joins(plan)):
                    found.add(node["name"])
    assert found <= set(FEW_ROWS_ON_ONE_SIDE)
