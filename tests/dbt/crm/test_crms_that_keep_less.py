"""CRMs that keep less than Salesforce: no history, no creation dates, plain words for the ends. Built once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from funnelhouse.settings import load_settings
from tests.bare_build import BareBuild
from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow

AS_OF = date(2026, 6, 30)


def _deal(key: str, pipeline: str, stage: str, close: str | None, **more: Any) -> dict[str, Any]:
    return {"record_id": key, "opportunity_name": key, "pipeline": pipeline, "stage": stage, "amount": 1000,
            "currency": "USD", "close_date": close, "is_deleted": False, **more}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> RawFactory:
    raw = RawFactory(replace(load_settings(tmp_path_factory.mktemp("less") / "home"), as_of=AS_OF))
    ended = {"created_at": "2026-01-01T09:00:00", "is_closed": True}
    # All are last seen in one step, however they ended.
    deals = [
        *(_deal(f"W{n}", "Steps", "Negotiation/Review", "2026-02-10", **ended, is_won=True) for n in range(40)),
        *(_deal(f"L{n}", "Steps", "Negotiation/Review", "2026-03-05", **ended, is_won=False) for n in range(60)),
        *(
            _deal(f"O{n}", "Steps", "Negotiation/Review", None, created_at="2026-05-01T09:00:00", is_closed=False)
            for n in range(10)
        ),
    ]
    raw.add("crm_opportunities", deals, source="pipedrive")
    raw.add("crm_opportunities", [
        _deal(f"U{n}", "Undated", "Prospecting", None, is_closed=False) for n in range(7)
    ], source="undated")  # fmt: skip
    raw.add("crm_opportunities", [
        _deal(f"P{n}", "Plain", word, "2026-03-10", created_at="2026-01-01T09:00:00")
        for n, word in enumerate(["Won", "Gewonnen", "ganada", "Lost", "Verloren", "Thất bại"])
    ], source="plain")  # fmt: skip
    raw.add("crm_leads", [
        {"record_id": f"X{n}", "created_at": "2026-01-05T09:00:00", "status": "MQL", "is_deleted": False,
         "is_converted": False, "converted_opportunity_id": f"D{n}" if n < 4 else None}
        for n in range(10)
    ], source="leadco")  # fmt: skip
    raw.add("crm_opportunities", [
        _deal(f"D{n}", "Wins", "Closed Won", "2026-03-10", is_closed=True, is_won=True) for n in range(4)
    ], source="leadco")  # fmt: skip
    raw.add("crm_products", [
        {"record_id": name, "product_name": name, "product_family": "Tools", "list_price": 1200, "currency": "USD"}
        for name in ("Tool Pro", "Tool Basic")
    ], source="prodco")  # fmt: skip
    sold = [("ToolPro", 1000), ("ToolPro", 1000), ("ToolPro", 1000), ("Tool Basic", 700)]
    raw.add("crm_opportunities", [
        _deal(f"S{n}", "Shop", "Closed Won", "2026-03-10", created_at="2026-01-01T09:00:00", is_closed=True,
              is_won=True) | {"amount": price}
        for n, (_, price) in enumerate(sold)
    ], source="prodco")  # fmt: skip
    raw.add("crm_opportunity_lines", [
        {"record_id": f"SL{n}", "opportunity_id": f"S{n}", "product_id": name, "quantity": 1, "unit_price": price,
         "total_price": price}
        for n, (name, price) in enumerate(sold)
    ], source="prodco")  # fmt: skip
    raw.add("goals", [
        {"goal_id": name, "goal_version": 1, "goal_name": name, "metric": "revenue", "scope_type": "product",
         "scope": name, "direction": "increase", "target_kind": "absolute", "target_value": 3000,
         "start_date": "2026-01-01", "end_date": "2026-06-30", "currency": "USD"}
        for name in ("Tool Pro", "Tool Basic")
    ], source="plans")  # fmt: skip
    bare_build.build(raw.settings)
    return raw


def _row(built: RawFactory, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in built.rows(query)]


def test_lost_deals_were_in_the_step_their_export_shows(built: RawFactory) -> None:
    assert _row(built, "select stage, open_count, closed_before, won_before, stage_win_rate, weighted_amount::int "
                "from marts.mart_pipeline_value where dimension_type = 'total' and pipeline = 'Steps'") == [
        ("Negotiation", 10, 100, 40, pytest.approx(0.4), 4000),
    ]  # fmt: skip


def test_open_deals_without_a_creation_date_are_in_the_pipeline(built: RawFactory) -> None:
    where = "where source = 'undated'"
    query = f"select count(*), sum(amount_reporting)::int, count(created_on) from marts.fct_opportunity {where}"
    assert _row(built, query) == [(7, 7000, 0)]
    assert _row(built, "select stage, open_count, open_amount::int from marts.mart_pipeline_value "
                "where dimension_type = 'total' and pipeline = 'Undated'") == [("Prospecting", 7, 7000)]  # fmt: skip
    assert _row(built, f"select reason, row_count from marts.mart_exclusion_log {where}") == [("no_creation_date", 7)]


def test_plain_words_for_won_and_lost_are_known(built: RawFactory) -> None:
    assert _row(built, "select status, count(*) from marts.fct_opportunity where source = 'plain' group by 1 order by 1"
                ) == [("lost", 3), ("won", 3)]  # fmt: skip


def test_a_lead_with_a_won_deal_is_a_customer_whenever_the_deal_began(built: RawFactory) -> None:
    assert _row(built, "select metric, sum(numerator)::int, sum(denominator)::int from marts.mart_funnel_conversion "
                "where basis = 'cohort' and window_days is null and dimension_type = 'all' "
                "and metric in ('lead_to_customer', 'mql_to_customer') group by 1 order by 1") == [
        ("lead_to_customer", 4, 10), ("mql_to_customer", 4, 10),
    ]  # fmt: skip
    stands = (
        "select stage, count(*) from marts.fct_stage_interval where entity_type = 'person' and is_current "
        "group by 1 order by 1"
    )
    assert _row(built, stands) == [("Customer", 4), ("MQL", 6)]
    assert _row(built, "select sum(new_customers_with_lead)::int from marts.mart_channel_kpi_daily") == [(4,)]
    assert _row(built, "select max(n_open) from marts.mart_stuck_leads where stage = 'MQL'") == [(6,)]


def test_a_product_that_the_catalogue_spells_otherwise_is_listed_and_makes_its_goal_unknown(built: RawFactory) -> None:
    assert _row(built, "select source, value, row_count, amount_reporting::int, nearest_value "
                "from marts.mart_unknown_value where field = 'product'") == [
        ("prodco", "ToolPro", 3, 3000, "Tool Pro"),
    ]  # fmt: skip
    newest = "select max(date_day) from marts.mart_goal_attainment"
    assert _row(built, "select goal_id, status, actual::int from marts.mart_goal_attainment "
                f"where date_day = ({newest}) order by 1") == [
        ("Tool Basic", "missed", 700), ("Tool Pro", "no_data", None),
    ]  # fmt: skip
    why = "select rule, reason from marts.mart_goal_smart where goal_id = 'Tool Pro' and criterion = 'measurable'"
    ((rule, reason),) = _row(built, why)
    assert rule == "spelled_otherwise"
    assert '"ToolPro"' in reason


def test_stages_that_no_rule_knows_are_listed(built: RawFactory) -> None:
    assert _row(built, "select field, source, value, row_count from marts.mart_unknown_value where source = 'plain'"
                ) == []  # fmt: skip
