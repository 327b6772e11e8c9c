"""How exports are cut into files, and in which order they and their rows come, changes no figure of the funnel."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bare_build import BareBuild
from tests.dbt.funnel.conftest import Told, build
from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow

TABLES = ("fct_stage_interval", "mart_benchmark_gap", "mart_funnel_bottleneck", "mart_funnel_conversion",
          "mart_funnel_daily", "mart_funnel_velocity", "mart_lead_journey", "mart_moment_of_truth",
          "mart_process_adherence", "mart_stuck_leads", "fct_subscription", "mart_mrr", "mart_retention",
          "mart_retention_cohort", "mart_churn", "mart_customer_value", "mart_customer_value_cohort", "mart_expansion",
          "mart_upsell_signal", "mart_pareto", "fct_campaign_response", "mart_program_funnel", "mart_lead_daily",
          "mart_pipeline_value", "fct_opportunity", "dim_person", "dim_account")  # fmt: skip


def contents(raw: RawFactory, table: str) -> list[str]:
    """The rows of a mart in an order of their own."""
    return sorted(str(tuple(row.values())) for row in raw.rows(f"select * from marts.{table}"))


def test_three_parts_backwards_give_the_same_tables(told: Told, bare_build: BareBuild, tmp_path: Path) -> None:
    other = build(tmp_path / "home", told.lives, bare_build, parts=3)
    for table in TABLES:
        assert contents(other, table) == contents(told.raw, table), table
