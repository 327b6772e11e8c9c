"""One small company's channels, built once: what restatement, scopes, currencies and period totals must give."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from funnelhouse.settings import load_settings
from tests.bare_build import BareBuild
from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow

AS_OF = date(2026, 10, 31)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> RawFactory:
    raw = RawFactory(replace(load_settings(tmp_path_factory.mktemp("channels") / "home"), as_of=AS_OF))
    _rates(raw)
    _ads(raw)
    _email(raw)
    _social(raw)
    _web(raw)
    _costs(raw)
    _crm(raw)
    bare_build.build(raw.settings)
    return raw


def _rates(raw: RawFactory) -> None:
    raw.add(
        "fx_rates",
        [
            {"rate_date": "2026-09-01", "from_currency": "EUR", "to_currency": "USD", "rate": "1.10"},
            {"rate_date": "2026-09-15", "from_currency": "EUR", "to_currency": "USD", "rate": "1.20"},
            {"rate_date": "2026-09-01", "from_currency": "USD", "to_currency": "VND", "rate": "25000"},
        ],
        source="plans",
    )


def _ad(day: str, campaign: str, name: str, spend: str, **more: Any) -> dict[str, Any]:
    return {"level": "campaign", "date": day, "campaign_id": campaign, "campaign_name": name, "spend": spend,
            "currency": "USD", "breakdown": "", "result_type": "", **more}  # fmt: skip


def _ads(raw: RawFactory) -> None:
    google: dict[str, Any] = {"source": "google_ads", "account_id": "G1", "restatement": "replace_period"}
    search = {"campaign_type": "Search"}
    # B restates 2 September; campaign C2 of 1 September is only in A, which the newer exports do not cover.
    raw.add("ads_performance", [
        _ad("2026-09-02", "C1", "Brand Search", "90", impressions=900, clicks=45, conversions="3", **search),
        _ad("2026-09-03", "C1", "Brand Search", "70", impressions=700, clicks=0, **search),
    ], scope="campaign", exported_at="2026-10-03", period=("2026-09-02", "2026-09-03"), **google)  # fmt: skip
    raw.add("ads_performance", [
        _ad("2026-09-01", "C1", "Brand Search", "100", impressions=1000, clicks=50, conversions="5", **search),
        _ad("2026-09-01", "C2", "Old", "10", impressions=10, clicks=20, **search),
        _ad("2026-09-02", "C1", "Brand Search", "80", impressions=800, clicks=40, **search),
        _ad("2026-09-02", "C2", "Old", "11", impressions=10, clicks=1, **search),
    ], scope="campaign", exported_at="2026-10-02", period=("2026-09-01", "2026-09-02"), **google)  # fmt: skip
    # Arrives last, was exported first: it changes nothing.
    raw.add("ads_performance", [
        _ad("2026-09-01", "C1", "Brand Search", "1", **search),
        _ad("2026-09-03", "C1", "Brand Search", "999", **search),
    ], scope="campaign", exported_at="2026-10-01", period=("2026-09-01", "2026-09-03"), **google)  # fmt: skip
    # The same money cut by ad: left out where the campaign report speaks, counted on 4 September where it does not.
    by_ad = {"level": "ad", "clicks": 1, "impressions": 10, **search}
    raw.add("ads_performance", [
        _ad("2026-09-01", "C1", "Brand Search", "60", ad_id="a1", **by_ad),
        _ad("2026-09-01", "C1", "Brand Search", "41", ad_id="a2", **by_ad),
        _ad("2026-09-04", "C1", "Brand Search", "25", ad_id="a1", **by_ad),
        _ad("2026-09-04", "C1", "Brand Search", "15", ad_id="a2", **by_ad),
    ], scope="ad", exported_at="2026-10-05", period=("2026-09-01", "2026-09-04"), **google)  # fmt: skip
    euro = {"currency": "EUR", "impressions": 100, "clicks": 4}
    for exported, spend in (("2026-10-01", "20"), ("2026-10-09", "30"), ("2026-10-05", "25")):
        raw.add("ads_performance", [
            _ad("2026-09-10", "M9", "brand_search", spend, purchases="2", **euro),
            _ad("2026-09-20", "M9", "brand_search", "10", purchases="0", **euro),
        ], source="meta_ads", account_id="M1", exported_at=exported)  # fmt: skip
    raw.add("ads_performance", [
        _ad("2026-09-05", "Z1", "Tết", "2500000", currency="VND", impressions=5, clicks=1),
        _ad("2026-09-05", "Z2", "Rateless", "5", currency="CHF", impressions=5, clicks=1),
    ], source="zalo_ads", account_id="Z1")  # fmt: skip
    # Renamed between two exports, then exported without ids: still one campaign's one day, as the newest says.
    for exported, campaign, name, spend in (
        ("2026-10-01", "N1", "Before", "7"), ("2026-10-02", "N1", "After", "8"), ("2026-10-03", None, "After", "9"),
    ):  # fmt: skip
        raw.add("ads_performance", [{**_ad("2026-09-07", "", name, spend), "campaign_id": campaign}],
                source="linkedin_ads", account_id="N1", scope="campaign", exported_at=exported)  # fmt: skip
    total = {"level": "campaign", "campaign_id": "B1", "campaign_name": "Bing", "currency": "USD", "clicks": 30,
             "impressions": 600}  # fmt: skip
    raw.add("ads_period", [{**total, "spend": "300", "period_start": "2026-08-01", "period_end": "2026-08-31"}],
            source="microsoft_ads", account_id="B1", exported_at="2026-09-01")  # fmt: skip
    raw.add("ads_period", [{**total, "spend": "310", "period_start": "2026-08-01", "period_end": "2026-08-31"}],
            source="microsoft_ads", account_id="B1", exported_at="2026-09-05")  # fmt: skip
    raw.add("ads_period", [{**total, "spend": "40", "period_start": "2026-07-10", "period_end": "2026-07-20"}],
            source="microsoft_ads", account_id="B1", exported_at="2026-09-05")  # fmt: skip
    raw.add("ads_period", [{**total, "spend": "310", "period_start": "2026-09-01", "period_end": "2026-09-30"}],
            source="google_ads", account_id="G1", exported_at="2026-10-05")  # fmt: skip


def _email(raw: RawFactory) -> None:
    send = {"campaign_id": "S1", "campaign_name": "Autumn", "sent_at": "2026-09-01 20:00:00", "is_sent_at_utc": True,
            "recipients": 210, "bounces": 10, "opens_machine": 40, "clicks_unique": 20, "clicks_total": 30}  # fmt: skip
    for exported, opens in (("2026-09-08", 100), ("2026-09-03", 90)):
        raw.add("email_campaigns", [{**send, "opens_unique": opens}], source="mailchimp", account_id="L1",
                restatement="snapshot", exported_at=exported)  # fmt: skip
    raw.add("email_campaigns", [
        {"campaign_id": "S2", "campaign_name": "Nobody", "sent_at": "2026-09-02", "recipients": 0, "bounces": 0,
         "opens_unique": 0, "clicks_unique": 0},
        {"campaign_id": "S3", "campaign_name": "Images off", "sent_at": "2026-09-02", "recipients": 100,
         "opens_unique": 10, "clicks_unique": 12, "revenue": "50", "currency": "EUR"},
    ], source="klaviyo", account_id="K1", restatement="snapshot")  # fmt: skip
    half = {"campaign_name": "Autumn | Combo 1", "sent_at": "2026-09-20", "recipients": 10, "revenue": "5",
            "currency": "USD"}  # fmt: skip
    raw.add("email_campaigns", [
        {**half, "campaign_id": "S4"},
        {**half, "campaign_id": "S5", "campaign_name": "Autumn | Combo 2", "revenue": "7"},
    ], source="mailchimp", account_id="L1", restatement="snapshot", scope="a test")  # fmt: skip


def _social(raw: RawFactory) -> None:
    for exported, impressions, clicks in (
        ("2026-09-20", 140, 12), ("2026-09-05", 100, 10), ("2026-09-10", 150, None),
    ):  # fmt: skip
        raw.add("social_posts", [
            {"platform": "facebook", "post_id": "P1", "published_at": "2026-09-02 10:00:00",
             "impressions": impressions, "link_clicks": clicks},
        ], source="meta_business_suite", account_id="F1", restatement="snapshot",
            exported_at=exported)  # fmt: skip
    day = {"platform": "linkedin", "page_id": "I1", "date": "2026-09-05"}
    raw.add("social_daily", [
        {**day, "metric": "impressions", "scope": "total", "value": "700"},
        {**day, "metric": "impressions", "scope": "paid", "value": "200"},
        {**day, "metric": "clicks", "scope": "organic", "value": "25"},
    ], source="linkedin_page", account_id="I1")  # fmt: skip
    # Read again two days after the page's last figures, which hold what the post gained on the first of them.
    for exported, impressions in (("2026-09-04", 60), ("2026-09-06", 200)):
        raw.add("social_posts", [
            {"platform": "linkedin", "post_id": "P3", "published_at": "2026-09-03 08:00:00",
             "impressions": impressions},
        ], source="linkedin_page", account_id="I1", restatement="snapshot", exported_at=exported)  # fmt: skip
    # The page's own figures of 5 September hold this post already; on 6 September nobody else counts it.
    for exported, impressions in (("2026-09-05", 90), ("2026-09-06", 95)):
        raw.add("social_posts", [
            {"platform": "linkedin", "post_id": "P2", "published_at": "2026-09-05 08:00:00",
             "impressions": impressions},
        ], source="linkedin_page", account_id="I1", restatement="snapshot", exported_at=exported)  # fmt: skip
    raw.add("social_period", [
        {"platform": "linkedin", "page_id": "I1", "metric": "impressions", "scope": "organic", "value": "9000",
         "period_start": "2026-07-01", "period_end": "2026-09-30"},
    ], source="linkedin_page", account_id="I1")  # fmt: skip


def _web(raw: RawFactory) -> None:
    day = {"date": "2026-09-01", "engaged_sessions": 5}
    raw.add("web_traffic", [
        {**day, "channel_group": "Organic Search", "sessions": 40, "users": 35},
        {**day, "channel_group": "Paid Search", "campaign_name": "BRAND-SEARCH", "sessions": 10, "users": 9},
    ], source="ga4", account_id="W1", scope="channel")  # fmt: skip
    raw.add("web_traffic", [
        {**day, "channel_group": "Organic Search", "landing_page": "/a", "sessions": 25},
        {**day, "channel_group": "Organic Search", "landing_page": "/b", "sessions": 26},
    ], source="ga4", account_id="W1", scope="channel|landing page")  # fmt: skip


def _costs(raw: RawFactory) -> None:
    raw.add("marketing_costs", [
        {"cost_id": "K1", "period_start": "2026-09-01", "period_end": "2026-09-03", "category": "tools",
         "amount": "100", "currency": "USD", "kind": "actual"},
        {"cost_id": "K2", "period_start": "2026-09-01", "period_end": "2026-09-03", "category": "people",
         "amount": "1000000", "currency": "VND", "channel": "Email", "kind": "planned"},
    ], source="plans")  # fmt: skip


def _crm(raw: RawFactory) -> None:
    raw.add("crm_campaigns", [{"record_id": "701", "campaign_name": "Brand search", "campaign_type": "Paid Search",
                               "start_date": "2026-09-01", "budgeted_cost": "100", "currency": "EUR"}])  # fmt: skip
    raw.add("crm_leads", [
        {"record_id": "L1", "campaign_id": "701", "status": "New", "created_at": "2026-09-01 09:00:00"},
        {"record_id": "L2", "campaign_id": "701", "status": "New", "created_at": "2026-09-01 10:00:00"},
        {"record_id": "L3", "status": "New", "created_at": "2026-09-01 11:00:00"},
    ])  # fmt: skip


def test_newest_export_of_a_period_wins_whatever_arrives_last(built: RawFactory) -> None:
    # 1 Sep: A (100 + 10). 2 Sep: B alone (90), which covers the day: C2's 11 of A is gone. 3 Sep: B (70).
    # 4 Sep: ads 25 + 15.
    rows = built.rows(
        "select date_day, sum(spend_native) as spend from marts.fct_ad_performance where source = 'google_ads' "
        "group by 1 order by 1"
    )
    assert [row["spend"] for row in rows] == [Decimal(110), Decimal(90), Decimal(70), Decimal(40)]


def test_one_level_counts_per_account_and_day(built: RawFactory) -> None:
    rows = built.rows(
        "select date_day, report_level from marts.fct_ad_performance where source = 'google_ads' "
        "group by all order by 1"
    )
    assert [row["report_level"] for row in rows] == ["campaign", "campaign", "campaign", "ad"]
    assert built.rows(
        "select reason, row_count from marts.mart_exclusion_log where source = 'google_ads' and entity = "
        "'ads_performance' order by 1"
    ) == [{"reason": "other_scope", "row_count": 2}, {"reason": "replaced_period", "row_count": 4}]


def test_a_renamed_campaign_is_not_counted_twice(built: RawFactory) -> None:
    rows = built.rows("select campaign_name, spend_native from marts.fct_ad_performance where source = 'linkedin_ads'")
    assert rows == [{"campaign_name": "After", "spend_native": Decimal(9)}]


def test_money_is_converted_at_the_rate_of_its_day(built: RawFactory) -> None:
    # Meta: 30 EUR x 1.10 = 33 (the export of 9 October wins over the 5th's 25), 10 EUR x 1.20 = 12.
    # Zalo: 2,500,000 VND / 25,000 = 100 USD; CHF has no rate.
    rows = built.rows(
        "select campaign_name, spend_reporting, is_fx_missing from marts.fct_ad_performance "
        "where source in ('meta_ads', 'zalo_ads') order by date_day, campaign_name"
    )
    assert [(row["campaign_name"], row["spend_reporting"], row["is_fx_missing"]) for row in rows] == [
        ("Rateless", None, True), ("Tết", Decimal(100), False), ("brand_search", Decimal(33), False),
        ("brand_search", Decimal(12), False),
    ]  # fmt: skip


def test_campaigns_of_one_name_are_one_campaign(built: RawFactory) -> None:
    (campaign,) = built.rows("select * from marts.dim_campaign where campaign_id = 'salesforce:701'")
    assert campaign["sources"] == "ga4, google_ads, meta_ads, salesforce"
    assert campaign["record_count"] == 4
    assert campaign["budget_reporting"] == Decimal("110.00")  # 100 EUR x 1.10 on its first day


def test_daily_kpis_divide_sums_and_keep_unknown_apart_from_none(built: RawFactory) -> None:
    first, third = built.rows(
        "select * from marts.mart_channel_kpi_daily where source = 'google_ads' and campaign_id = 'salesforce:701' "
        "and date_day in ('2026-09-01', '2026-09-03') order by date_day"
    )
    assert first["channel"] == "Paid Search"
    assert first["cpc"] == pytest.approx(2)  # 100 / 50
    assert first["cpm"] == pytest.approx(100)  # 1000 x 100 / 1000
    assert first["ctr"] == pytest.approx(0.05)  # 50 / 1000
    assert first["cost_per_conversion"] == pytest.approx(20)  # 100 / 5
    # The campaign's only spender in Paid Search is Google: its two leads stand beside that spend. 100 / 2 = 50.
    assert (first["leads"], first["cost_per_lead"]) == (2, pytest.approx(50))
    assert first["purchases"] is None and first["cpa_platform"] is None and first["sent"] is None
    # Spend without clicks: 0 clicks is known, the price per click is not (G1); conversions were not reported (G3).
    assert (third["spend_reporting"], third["clicks"], third["cpc"]) == (Decimal(70), 0, None)
    assert (third["ctr"], third["conversions"]) == (0, None)


def test_spend_without_results_and_results_without_spend_survive(built: RawFactory) -> None:
    meta = built.rows(
        "select spend_reporting, purchases, cpa_platform from marts.mart_channel_kpi_daily where source = 'meta_ads' "
        "order by date_day"
    )
    # 33 / 2 = 16.5; 12 spent for 0 purchases has no cost per purchase.
    assert [tuple(row.values()) for row in meta] == [(Decimal(33), 2, pytest.approx(16.5)), (Decimal(12), 0, None)]
    (alone,) = built.rows(
        "select * from marts.mart_channel_kpi_daily where leads = 1 and source = 'salesforce' "
        "and channel = 'Unknown' and campaign_id = '(none)'"
    )
    assert (alone["account_id"], alone["spend_reporting"], alone["cost_per_lead"]) == ("(crm)", None, None)


def test_newest_counters_of_a_send_count_once(built: RawFactory) -> None:
    rows = {row["send_id"]: row for row in built.rows("select * from marts.fct_email_campaign")}
    first, nobody, images_off = rows["S1"], rows["S2"], rows["S3"]
    assert first["sent_on"] == date(2026, 9, 1)
    assert (first["delivered"], first["opens_human"], first["opens_all"]) == (200, 60, 100)
    assert first["open_rate"] == pytest.approx(0.3)  # (100 - 40) / 200
    assert first["click_rate"] == pytest.approx(0.1)  # 20 / 200
    assert first["ctor"] == pytest.approx(1 / 3)  # 20 / 60
    assert (nobody["open_rate"], nobody["click_rate"], nobody["ctor"], nobody["bounce_rate"]) == (None,) * 4
    # Neither bounces nor machine opens are known; more people clicked than opened.
    assert images_off["is_delivered_assumed"] and images_off["is_machine_share_unknown"]
    assert (images_off["ctor"], images_off["ctor_adjusted"]) == (pytest.approx(1.2), pytest.approx(1))
    assert images_off["open_rate_human"] is None
    assert images_off["revenue_reporting"] == Decimal(55)  # 50 EUR x 1.10


def test_post_counters_become_days_and_sum_to_the_newest_reading(built: RawFactory) -> None:
    rows = built.rows("select * from marts.fct_social_post_daily where post_id = 'P1' order by snapshot_on")
    # 100 since publishing, +50, then the platform took 10 back. Clicks: 10, not read, 12 - 10.
    assert [(row["date_day"].day, row["impressions"], row["link_clicks"], row["is_counter_reset"]) for row in rows] == [
        (2, 100, 10, False), (10, 50, None, False), (20, -10, 2, True),
    ]  # fmt: skip


def test_a_page_counts_once_whether_by_page_or_by_post(built: RawFactory) -> None:
    rows = built.rows(
        "select date_day, social_impressions_organic as organic, social_impressions_paid as paid, "
        "social_clicks_organic as clicks from marts.mart_channel_kpi_daily where source = 'linkedin_page' order by 1"
    )
    # 60 of P3 on the day it was published. 700 in total less 200 paid, without the 90 of P2 of that day; next day the
    # +5 of P2, but not the +140 of P3, part of which the page has counted the day before.
    assert [tuple(row.values()) for row in rows] == [
        (date(2026, 9, 3), 60, None, None),
        (date(2026, 9, 5), 500, 200, 25),
        (date(2026, 9, 6), 5, None, None),
    ]


def test_the_halves_of_a_tested_send_belong_to_its_campaign(built: RawFactory) -> None:
    rows = built.rows(
        "select send_name, campaign_name, revenue_reporting as usd from marts.fct_email_campaign "
        "inner join marts.dim_campaign using (campaign_id) where campaign_name ilike 'autumn%' order by send_name"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("Autumn", "Autumn", None), ("Autumn | Combo 1", "Autumn", 5), ("Autumn | Combo 2", "Autumn", 7),
    ]  # fmt: skip


def test_web_traffic_is_not_summed_over_two_cuts(built: RawFactory) -> None:
    rows = built.rows(
        "select channel, campaign_id, sessions, engagement_rate from marts.mart_channel_kpi_daily "
        "where source = 'ga4' order by channel"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("Organic Search", "(none)", 40, pytest.approx(0.125)),
        ("Paid Search", "salesforce:701", 10, pytest.approx(0.5)),
    ]  # fmt: skip


def test_costs_are_spread_to_the_last_cent(built: RawFactory) -> None:
    rows = built.rows(
        "select cost_id, amount_native, amount_reporting, cost_target from marts.fct_cost "
        "where cost_origin = 'cost_export' order by cost_id, date_day"
    )
    tools = [(row["amount_native"], row["cost_target"]) for row in rows if row["cost_id"] == "K1"]
    assert tools == [(Decimal("33.33"), "shared_unallocated")] * 2 + [(Decimal("33.34"), "shared_unallocated")]
    # Dong have no minor unit: 333,333 twice, then 333,334. 1,000,000 / 25,000 = 40.00 USD = 13.33 + 13.33 + 13.34.
    people = [(row["amount_native"], row["amount_reporting"]) for row in rows if row["cost_id"] == "K2"]
    assert people == [(333333, Decimal("13.33")), (333333, Decimal("13.33")), (333334, Decimal("13.34"))]
    (media,) = built.rows("select sum(amount_reporting) as spend from marts.fct_cost where category = 'media'")
    assert media["spend"] == Decimal(110 + 90 + 70 + 40 + 33 + 12 + 100 + 9)


def test_period_totals_fill_only_their_own_empty_period(built: RawFactory) -> None:
    rows = built.rows(
        "select period_type, period_start, source, spend_reporting, cpc from marts.mart_channel_kpi_period "
        "where is_from_period_total and spend_reporting is not null"
    )
    # August of Bing, as its newest export says (310 / 30 clicks); not its quarter, not the odd eleven days of July,
    # not Google's September, whose days are there.
    assert rows == [
        {"period_type": "month", "period_start": date(2026, 8, 1), "source": "microsoft_ads",
         "spend_reporting": Decimal(310), "cpc": pytest.approx(310 / 30)},
    ]  # fmt: skip


def test_period_totals_are_compared_with_the_days_they_cover(built: RawFactory) -> None:
    rows = built.rows(
        "select source, period_start, total_value, daily_value, status from marts.mart_period_reconciliation "
        "where measure in ('spend_reporting', 'social_impressions_organic') order by source, period_start"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("google_ads", date(2026, 9, 1), 310, 310, "partly_covered"),
        ("linkedin_page", date(2026, 7, 1), 9000, 565, "partly_covered"),
        ("microsoft_ads", date(2026, 7, 10), 40, None, "unplaced"),
        ("microsoft_ads", date(2026, 8, 1), 310, None, "fills_period"),
    ]


def test_months_quarters_and_years_are_sums_of_days(built: RawFactory) -> None:
    rows = built.rows(
        "select period_type, sum(spend_reporting) as spend, sum(clicks) as clicks, count(*) as rows_found, "
        "min(period_start) as starts from marts.mart_channel_kpi_period "
        "where source = 'google_ads' and campaign_id = 'salesforce:701' group by 1 order by 1"
    )
    # 100 + 90 + 70 + 40 and 50 + 45 + 0 + 2; all of it in the week of Monday 31 August.
    assert [tuple(row.values()) for row in rows] == [
        ("month", 300, 97, 1, date(2026, 9, 1)), ("quarter", 300, 97, 1, date(2026, 7, 1)),
        ("week", 300, 97, 1, date(2026, 8, 31)), ("year", 300, 97, 1, date(2026, 1, 1)),
    ]  # fmt: skip


def test_calendar_spans_the_data_to_the_end_of_the_year(built: RawFactory) -> None:
    (bounds,) = built.rows(
        "select min(date_day) as first_day, max(date_day) as last_day, count(*) as days from marts.dim_date"
    )
    assert tuple(bounds.values()) == (date(2026, 1, 1), date(2026, 12, 31), 365)


def test_freshness_names_the_last_day_of_each_account(built: RawFactory) -> None:
    (row,) = built.rows("select * from marts.mart_source_freshness where account_id = 'M1'")
    assert (row["first_data_on"], row["last_data_on"], row["days_behind"]) == (date(2026, 9, 10), date(2026, 9, 20), 41)
