"""One small company whose exports restate each other in every way, with numbers worked by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from funnelhouse.settings import load_settings
from tests.bare_build import BareBuild
from tests.dbt.restatement.replay import Replay

pytestmark = pytest.mark.slow


class Told:
    """The scenario's build file, and questions to it."""

    def __init__(self, replay: Replay, build_file: Path) -> None:
        self.replay, self.build_file = replay, build_file

    def ask(self, query: str) -> list[Any]:
        return self.replay.ask(self.build_file, query)

    def stood(self, table: str, columns: str, day: str, where: str = "true") -> list[Any]:
        """What stood when the day ended."""
        return self.ask(
            f"select {columns} from marts.{table} where {where} and reported_on <= date '{day}' "
            f"and (replaced_on is null or replaced_on > date '{day}')"
        )

    def report(self, entity: str, measure: str, columns: str) -> list[Any]:
        return self.ask(
            f"select {columns} from marts.mart_restatement where entity = '{entity}' and measure = '{measure}'"
        )


def _ad(day: int, spend: str) -> dict[str, Any]:
    return {"level": "campaign", "date": f"2026-09-0{day}", "campaign_id": "C1", "campaign_name": "Brand",
            "spend": spend, "currency": "USD", "breakdown": "", "result_type": ""}  # fmt: skip


def _fill(raw: Replay) -> None:
    google: dict[str, Any] = {"source": "google_ads", "account_id": "G1", "restatement": "replace_period"}
    # Arrives first, exported last: 2 and 3 September anew. Then days 1 to 3, then an old export of day 1, too late.
    raw.add("ads_performance", [_ad(2, "25"), _ad(3, "30")], exported_at="2026-10-05T06:00:00",
            period=("2026-09-02", "2026-09-03"), **google)  # fmt: skip
    raw.add("ads_performance", [_ad(1, "10"), _ad(2, "20"), _ad(3, "30")], exported_at="2026-10-02T06:00:00",
            period=("2026-09-01", "2026-09-03"), **google)  # fmt: skip
    raw.add("ads_performance", [_ad(1, "9")], exported_at="2026-10-01T06:00:00",
            period=("2026-09-01", "2026-09-01"), **google)  # fmt: skip
    # The same content four days later: nothing changed.
    for moment in ("2026-10-02T06:00:00", "2026-10-06T06:00:00"):
        raw.add("ads_performance", [_ad(1, "7")], source="meta_ads", account_id="M1", exported_at=moment)
    # Two exports of the same second that disagree: one of them stands, the other never did.
    for spend in ("1", "2"):
        raw.add("ads_performance", [_ad(1, spend)], source="x_ads", account_id="X1", exported_at="2026-10-02T06:00:00")
    for moment, opens in (("2026-10-01T07:00:00", 50), ("2026-10-03T07:00:00", 70), ("2026-10-06T07:00:00", 60)):
        raw.add("email_campaigns", [{"campaign_id": "S1", "sent_at": "2026-09-30 10:00:00", "recipients": 100,
                                     "delivered": 100, "opens_unique": opens}],
                source="mailchimp", account_id="L1", restatement="snapshot", exported_at=moment)  # fmt: skip
        raw.add("social_posts", [{"platform": "x", "post_id": "P1", "published_at": "2026-09-30 10:00:00",
                                  "impressions": opens}],
                source="x", account_id="X1", restatement="snapshot", exported_at=moment)  # fmt: skip
    week = {"source": "salesforce", "account_id": "ORG", "restatement": "full"}
    lead = {"created_at": "2026-09-10 09:00:00", "status": "New", "is_deleted": False}
    gone = {**lead, "is_deleted": True}
    leads = [{**lead, "record_id": f"L{number}"} for number in range(1, 5)]
    raw.add("crm_leads", leads, scope="lead", exported_at="2026-10-04T02:00:00", **week)
    # L1 stays, L2 is merged into it, L3 is deleted, L4 is not there any more.
    raw.add("crm_leads", [leads[0], {**gone, "record_id": "L2", "merged_into_id": "L1"}, {**gone, "record_id": "L3"}],
            scope="lead", exported_at="2026-10-11T02:00:00", **week)  # fmt: skip
    deal = {"record_id": "O1", "opportunity_name": "Deal", "currency": "USD", "created_at": "2026-09-01 09:00:00",
            "close_date": "2026-10-01", "stage": "Closed Won", "is_won": True, "is_closed": True}  # fmt: skip
    for moment, amount in (("2026-10-04T02:00:00", "1000"), ("2026-10-11T02:00:00", "900")):
        raw.add("crm_opportunities", [{**deal, "amount": amount}], scope="opportunity", exported_at=moment, **week)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> Told:
    settings = load_settings(tmp_path_factory.mktemp("restated") / "home")
    settings.make_folders()
    replay = Replay(settings, bare_build)
    _fill(replay)
    return Told(replay, replay.compute("mart_restatement", "fct_social_post_daily", "fct_ad_performance"))


def test_an_overlapping_period_replaces_its_own_days_only(told: Told) -> None:
    google = "source = 'google_ads'"
    assert told.stood("fct_ad_performance_version", "spend_native", "2026-10-04", google) == [(10,), (20,), (30,)]
    assert told.stood("fct_ad_performance_version", "spend_native", "2026-10-05", google) == [(10,), (25,), (30,)]


def test_an_old_export_that_arrives_late_completes_the_past_and_overwrites_nothing(told: Told) -> None:
    google = "source = 'google_ads'"
    assert told.stood("fct_ad_performance_version", "spend_native", "2026-10-01", google) == [(9,)]
    current = told.ask("select spend_native from marts.fct_ad_performance where source = 'google_ads'")
    assert current == [(10,), (25,), (30,)]


def test_the_report_names_day_totals_and_rows(told: Told) -> None:
    # 1 Sep: 9 then 10, a day later exported (2 Oct, 31 days after). 2 Sep: 20 then 25 on 5 Oct, 33 days after.
    rows = told.report(
        "ads_performance", "spend", "period_day::varchar, old_value, new_value, days_after, rows_changed"
    )
    assert rows == [("2026-09-01", 9, 10, 31, 1), ("2026-09-02", 20, 25, 33, 1)]


def test_an_identical_export_makes_no_version_and_no_restatement(told: Told) -> None:
    versions = "select count(*), min(reported_on)::varchar from marts.fct_ad_performance_version"
    assert told.ask(f"{versions} where source = 'meta_ads'") == [(1, "2026-10-02")]
    assert told.ask("select 1 from marts.mart_restatement where source = 'meta_ads'") == []


def test_of_two_exports_of_one_second_the_greater_batch_stands(told: Told) -> None:
    batches = "select max_by(spend, _batch_id) from raw.ads_performance where source = 'x_ads'"
    stood = told.ask("select spend_native from marts.fct_ad_performance_version where source = 'x_ads'")
    assert stood == told.ask(batches)
    assert told.ask("select 1 from marts.mart_restatement where source = 'x_ads'") == []


def test_email_counters_become_gains_and_a_reset_is_flagged(told: Told) -> None:
    # 50 by the 1st, 20 more by the 3rd, 10 fewer by the 6th: 50 + 20 - 10 = 60, the newest reading.
    rows = told.ask("select reported_on::varchar, opens_gained, is_counter_reset from marts.fct_email_campaign_version")
    assert rows == [("2026-10-01", 50, False), ("2026-10-03", 20, False), ("2026-10-06", -10, True)]
    assert told.stood("fct_email_campaign_version", "opens", "2026-10-05") == [(70,)]


def test_post_counters_become_days_and_a_reset_is_flagged(told: Told) -> None:
    rows = told.ask("select snapshot_on::varchar, impressions, is_counter_reset from marts.fct_social_post_daily")
    assert rows == [("2026-10-01", 50, False), ("2026-10-03", 20, False), ("2026-10-06", -10, True)]


def test_deleted_merged_and_missing_records_were_there_and_are_not(told: Told) -> None:
    leads = "entity = 'crm_leads'"
    before = told.stood("fct_crm_record_version", "record_id, ended_by", "2026-10-04", leads)
    assert before == [
        ("salesforce:L1", None), ("salesforce:L2", "merged"), ("salesforce:L3", "deleted"),
        ("salesforce:L4", "missing"),
    ]  # fmt: skip
    assert told.stood("fct_crm_record_version", "record_id", "2026-10-11", leads) == [("salesforce:L1",)]
    rows = told.report("crm_leads", "rows", "old_value, new_value, rows_removed, rows_deleted, rows_merged")
    assert rows == [(4, 1, 3, 1, 1)]


def test_a_won_amount_that_changes_after_the_close_restates_the_day_of_the_close(told: Told) -> None:
    rows = told.report("crm_opportunities", "won_amount", "period_day::varchar, old_value, difference, days_after")
    assert rows == [("2026-10-01", Decimal(1000), Decimal(-100), 10)]
