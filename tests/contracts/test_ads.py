"""Ads exports become days, or periods where a row sums several days; tables without spend are refused."""

from __future__ import annotations

import csv
import os
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from funnelhouse.contracts.facts import Facts
from funnelhouse.contracts.loader import load_contracts
from funnelhouse.reading.facts import match_facts, period_of
from tests.contracts.conftest import OLD, Exports

DAYS = "date, campaign_name, adset_name, spend, impressions, clicks, conversions"
CAMPAIGN, ADSET = "120210448812340001", "120210448812340002"
PERIODS = "period_start, period_end, campaign_name, spend, impressions, clicks"


def outcome(exports: Exports, name: str) -> tuple[str, str | None]:
    """Outcome and reason of a dropped file."""
    return exports.outcomes()[name][:2]


def test_google_table_of_a_range_is_a_period_without_its_overlapping_totals(exports: Exports) -> None:
    exports.drop("google_ads_ui_table/Campaign report.csv", folder="google_ads/4826159043").load()
    assert exports.query("select count(*) from raw.ads_performance") == [(0,)]
    # "Total fitness" is a campaign; five rows, of which three are totals (one has its label in the third column).
    assert exports.rows("ads_period", f"account_id, {PERIODS}, currency", "campaign_name") == [
        ("4826159043", "2025-07-08", "2025-07-31", "Brand", "0.500000", "120", "0", "USD"),
        ("4826159043", "2025-07-08", "2025-07-31", "Total fitness", "48682.720000", "1606880", "1265", "USD"),
    ]
    assert exports.query("select rows_in, rows_loaded, rows_rejected from raw._batches") == [(5, 2, 0)]


def test_google_table_in_other_forms(exports: Exports) -> None:
    exports.drop("google_ads_ui_table/Campaign report (1).csv", folder="google_ads/1")
    exports.drop("google_ads_ui_table/Kampagnenbericht.csv", folder="google_ads/2")
    exports.drop("google_ads_ui_table/Ad group report.csv", folder="google_ads/3")
    exports.drop("google_ads_ui_table/Ad report.csv", folder="google_ads/4").load()
    # 27 January 2026 - 23 February 2026; the German file has decimal commas and `Gesamt:` rows.
    assert exports.rows("ads_period", f"account_id, {PERIODS}", "account_id, spend") == [
        ("1", "2026-01-27", "2026-02-23", "Brand", "12.500000", "100", "2"),
        ("2", "2026-05-01", "2026-05-31", "Marke", "1234.560000", "12345", "678"),
        ("4", "2026-05-01", "2026-05-31", "Brand", "0.100000", "10", "1"),
        ("4", "2026-05-01", "2026-05-31", "Brand", "0.200000", "20", "2"),
    ]
    # Two ads of one ad group have no names: what they say distinguishes them.
    assert exports.query("select count(distinct ad_name) from raw.ads_period where level = 'ad'") == [(2,)]
    # The segment Day makes days.
    assert exports.rows("ads_performance", f"level, {DAYS}", "date") == [
        ("adset", "2026-05-01", "Brand", "Shoes", "4.200000", "1000", "9", "1.000000"),
        ("adset", "2026-05-02", "Brand", "Shoes", "2.100000", "500", "4", "0.000000"),
    ]


def test_google_table_without_a_known_period_or_without_rows(exports: Exports) -> None:
    exports.drop("google_ads_ui_table/all_time.csv").drop("google_ads_ui_table/empty.csv").load()
    assert outcome(exports, "all_time.csv") == ("refused", "unknown_period")
    assert "add the column 'Day'" in exports.outcomes()["all_time.csv"][2]
    assert outcome(exports, "empty.csv") == ("empty_report", "header_only")


@pytest.mark.parametrize(
    ("line", "order", "first", "last"),
    [
        ("July 8, 2025 - July 31, 2025", "mdy", "2025-07-08", "2025-07-31"),
        ("27 January 2026 - 23 February 2026", "dmy", "2026-01-27", "2026-02-23"),
        ("1. Mai 2026 - 31. Mai 2026", "dmy", "2026-05-01", "2026-05-31"),
        ("1 de julio de 2025 - 31 de julio de 2025", "dmy", "2025-07-01", "2025-07-31"),
        ("1 tháng 5, 2026 - 31 tháng 5, 2026", "dmy", "2026-05-01", "2026-05-31"),
        ("01.07.2025 – 31.07.2025", "dmy", "2025-07-01", "2025-07-31"),
        ("2025-07-01 - 2025-07-31", "mdy", "2025-07-01", "2025-07-31"),
        ("2025年7月1日 - 2025年7月31日", "mdy", "2025-07-01", "2025-07-31"),
        ("July 8, 2025", "mdy", "2025-07-08", "2025-07-08"),
        ("All time", "mdy", None, None),
        ("Brand 2024 - Search 2025", "mdy", None, None),
    ],
)
def test_range_line_of_a_google_table(line: str, order: str, first: str | None, last: str | None) -> None:
    facts = Facts()
    patterns = load_contracts()["google_ads__ui_table"].preamble
    facts.offer("preamble", match_facts(patterns, ["Campaign report", line]))
    days = period_of(facts, order)
    assert tuple(day and day.isoformat() for day in days) == (first, last)


def test_google_tables_that_do_not_add_up_to_the_spend_are_refused(exports: Exports) -> None:
    names = ["Search terms report.csv", "Keyword report.csv", "Asset association report.csv", "Location report.csv",
             "Overview_cards_csv(2026-05-24_10_00_00).zip", "Bulk upload.csv"]  # fmt: skip
    for name in names:
        exports.drop(f"google_ads_not_spend/{name}")
    exports.load()
    found = exports.outcomes()
    assert {name: found[name][:2] for name in names} == {name: ("refused", "wrong_kind") for name in names}
    assert "Campaigns table" in found["Keyword report.csv"][2]
    assert exports.query("select count(*) from raw._batches") == [(0,)]


def test_meta_table_without_days_is_a_period_and_its_results_have_rows_of_their_own(exports: Exports) -> None:
    exports.drop("meta_ads_manager/Acme-Campaigns-1-Sep-202430-Sep-2024.csv", folder="meta_ads/12").load()
    assert exports.rows(
        "ads_period",
        "period_start, campaign_name, spend, impressions, result_type, results, currency, account_name",
        "spend",
    ) == [
        ("2024-09-03", "Traffic", "3.250000", "500", None, None, "USD", "Acme"),
        ("2024-09-01", "Leads", "12.500000", "2000", None, None, "USD", "Acme"),
        ("2024-09-01", "Leads", None, None, "actions:onsite_conversion.lead_grouped", "7.000000", "USD", "Acme"),
    ]


def test_meta_daily_table_leaves_the_sums_of_each_campaign_out(exports: Exports) -> None:
    exports.drop("meta_ads_manager/daily_2026.csv", folder="meta_ads/12").load()
    assert exports.rows(
        "ads_performance",
        "level, date, campaign_id, adset_id, spend, clicks, clicks_all, leads, result_type, results",
        "date, spend nulls last",
    ) == [
        ("adset", "2026-05-01", CAMPAIGN, ADSET, "10.000000", "3", "4", "2.000000", None, None),
        ("adset", "2026-05-01", CAMPAIGN, ADSET, None, None, None, None, "Meta leads", "2.000000"),
        ("adset", "2026-05-02", CAMPAIGN, ADSET, "6.000000", None, "1", None, None, None),
    ]  # fmt: skip


def test_the_window_of_conversions_is_the_column_else_what_the_manifest_says(exports: Exports) -> None:
    head = "Reporting starts,Reporting ends,Day,Campaign name,Amount spent (USD),Impressions,Purchases"
    rows = "2026-10-03,2026-10-03,2026-10-03,A,1.00,10,1,7-day  click or 1-day view\n"
    exports.drop(f"{head},Attribution setting\n{rows}".encode(), "Acme-Campaigns-a.csv", "meta_ads/1")
    plain = f"{head}\n2026-10-03,2026-10-03,2026-10-03,A,1.00,10,1\n".encode()
    exports.drop(plain, "Acme-Campaigns-b.csv", "meta_ads/2")
    exports.drop(plain, "Acme-Campaigns-c.csv", "meta_ads/3", attribution_window="1-day click").load()
    assert exports.rows("ads_performance", "account_id, attribution_window, purchases", "account_id") == [
        ("1", "7-day  click or 1-day view", "1.000000"),
        ("2", None, "1.000000"),
        ("3", "1-day click", "1.000000"),
    ]


def test_meta_in_other_languages_and_resaved(exports: Exports) -> None:
    exports.drop("meta_ads_manager/es_resaved.csv", folder="meta_ads/1")
    exports.drop("meta_ads_manager/ar.csv", folder="meta_ads/2").load()
    assert exports.rows("ads_performance", "account_id, date, campaign_name, spend, impressions, currency", "date") == [
        ("2", "2026-05-01", "رمضان", "100.500000", "2000", "EGP"),
        ("1", "2026-09-20", "Verano", "11.520000", "1204", "EUR"),
        ("1", "2026-09-21", "Verano", "9.500000", "1000", "EUR"),
    ]


def test_meta_workbooks_have_the_grand_total_first(exports: Exports) -> None:
    exports.drop("meta_ads_manager/Acme-Ads-Feb-11-2021-Mar-11-2024.xlsx", folder="meta_ads/1")
    exports.drop("meta_ads_manager/Untitled-report-Feb-1-2024-to-Mar-11-2024.xlsx", folder="meta_ads/2").load()
    # 500.01 + 278.00 = 778.01, the total row of both files.
    assert exports.rows("ads_period", "level, period_start, period_end, ad_name, breakdown, spend, currency",
                        "account_id, period_start, spend") == [
        ("ad", "2021-02-11", "2024-03-11", "Video B", "", "278.000000", "UAH"),
        ("ad", "2021-03-01", "2024-03-11", "Video A", "", "500.010000", "UAH"),
        ("ad", "2021-03-01", "2024-03-11", "Video A", "", None, "UAH"),
        ("account", "2024-02-01", "2024-02-29", None, "region=Kyiv", "500.010000", "UAH"),
        ("account", "2024-03-01", "2024-03-11", None, "region=Kyiv", "278.000000", "UAH"),
    ]  # fmt: skip


def test_meta_empty_reports(exports: Exports) -> None:
    exports.drop("meta_ads_manager/no_data.csv").drop("meta_ads_manager/no_data_line.csv").load()
    assert outcome(exports, "no_data.csv")[0] == "empty_report"
    assert outcome(exports, "no_data_line.csv")[0] == "empty_report"


def test_meta_days_without_a_day_column(exports: Exports) -> None:
    exports.drop("meta_ads_manager/daily_without_day_2018.csv", folder="meta_ads/1").load()
    # The first row is the grand total of 27 to 29 January.
    assert exports.rows("ads_performance", "date, campaign_name, spend, currency", "date, spend nulls last") == [
        ("2018-01-27", "Old", "1.100000", "BGN"),
        ("2018-01-27", "Old", None, "BGN"),
        ("2018-01-28", "Old", "1.100000", "BGN"),
        ("2018-01-29", "Old", "1.100000", "BGN"),
        ("2018-01-29", "Old", None, "BGN"),
    ]


def test_meta_leads_keep_nothing_personal(exports: Exports) -> None:
    exports.drop("meta_lead_ads/leads.csv", folder="meta_ads/12").load()
    # 15:05:13 at +05:30 is 09:35:13 UTC.
    columns = "lead_id, submitted_at, campaign_id, adset_id, ad_id, form_id, platform, is_organic"
    assert exports.rows("ad_leads", columns) == [
        ("700100", "2025-09-12 09:35:13", CAMPAIGN, ADSET, "120210448812340003", "900100",
         "facebook", "false"),
    ]  # fmt: skip
    assert exports.query("select length(email_hash) from raw.ad_leads") == [(64,)]
    kept = exports.bytes_kept()
    assert not any(word in kept for word in (b"Jane", b"jane.roe", b"15550100", b"Pune", b"business.example"))


def test_microsoft_days_are_told_apart_by_every_attribute(exports: Exports) -> None:
    exports.drop("microsoft_ads/api_daily.csv").load()
    assert exports.rows(
        "ads_performance", "account_id, date, adset_id, breakdown, spend, impressions, is_provisional", "date, spend"
    ) == [
        ("180412907", "2026-10-16", "82945799304067", "ad_distribution=Audience", "1.250000", "1000", "true"),
        ("180412907", "2026-10-16", "82945799304067", "ad_distribution=Search", "5.250000", "1234", "true"),
        ("180412907", "2026-10-17", "82945799304067", "ad_distribution=Search", "3.000000", "900", "true"),
    ]
    assert exports.query(
        "select period_start::varchar, period_end::varchar, exported_at::varchar from raw._batches"
    ) == [("2026-10-16", "2026-10-18", "2026-10-19 01:00:00")]


def test_microsoft_hours_weeks_and_sums(exports: Exports) -> None:
    for name in ("hourly.csv", "hourly_v1.csv", "weekly.csv", "summary.csv", "ui_daily.csv", "cut.csv"):
        exports.drop(f"microsoft_ads/{name}", folder=f"microsoft_ads/{name[:-4]}")
    exports.load()
    assert exports.rows("ads_performance", "date, breakdown, spend, campaign_id", "date, breakdown, spend") == [
        ("2026-03-15", "ad_distribution=Search | hour=7", "5.250000", None),
        ("2026-10-16", "", "2.000000", "418230551"),
        ("2026-10-16", "ad_distribution=Search | hour=7", "5.250000", None),
        ("2026-10-16", "ad_distribution=Search | hour=8", "4.750000", None),
        ("2026-10-17", "", "0.000000", "418230551"),
    ]
    # The report covers 16 to 18 October, so the week of the 11th to the 17th counts from the 16th.
    assert exports.rows("ads_period", "period_start, period_end, spend", "spend") == [
        ("2026-10-16", "2026-10-18", "2.000000"),
        ("2026-10-16", "2026-10-17", "50.250000"),
    ]
    assert outcome(exports, "cut.csv") == ("refused", "damaged_file")


def test_linkedin_days_and_the_rename_of_2026(exports: Exports) -> None:
    exports.drop("linkedin_ads/account_508112233_creative_performance_report.csv")
    exports.drop("linkedin_ads/nl.csv", folder="linkedin_ads/eu")
    exports.drop("linkedin_ads/before_2026.csv", folder="linkedin_ads/old").load()
    ids = "account_id, level, date, campaign_id, adset_id, ad_id, spend, impressions"
    assert exports.rows("ads_performance", ids, "account_id, date, ad_id") == [
        ("508112233", "ad", "2026-09-21", "640118233", "643118233", "11", "1234.500000", "2000"),
        ("508112233", "ad", "2026-09-21", "640118233", "643118233", "12", "5.000000", "50"),
        ("508112233", "ad", "2026-09-22", "640118233", "643118233", "11", "10.250000", "100"),
        ("eu", "ad", "2026-09-21", "651220418", "654220418", "658220418", "1234.500000", "2000"),
        ("eu", "ad", "2026-09-22", "651220418", "654220418", "658220418", "9.360000", "100"),
        # Campaign Group ID is today's Campaign ID, Campaign ID today's Ad Set ID.
        ("old", "adset", "2026-09-21", "640118233", "643118233", None, "4.000000", "40"),
        ("old", "adset", "2026-09-22", "640118233", "643118233", None, "5.000000", "50"),
    ]


def test_linkedin_sums_of_days_empty_and_unusable_reports(exports: Exports) -> None:
    for name in ("aggregate.csv", "empty.csv", "conversions.csv", "demographics.csv"):
        exports.drop(f"linkedin_ads/{name}")
    exports.load()
    assert exports.query("select count(*) from raw.ads_performance") == [(0,)]
    assert exports.rows("ads_period", "period_start, period_end, ad_id, spend", "ad_id") == [
        ("2026-09-21", "2026-09-23", "11", "30.000000"),
        ("2026-09-21", "2026-09-23", "12", "5.000000"),
    ]
    assert outcome(exports, "empty.csv")[0] == "empty_report"
    assert outcome(exports, "conversions.csv") == ("refused", "wrong_kind")
    assert outcome(exports, "demographics.csv") == ("refused", "wrong_kind")


def test_tiktok_x_and_pinterest(exports: Exports) -> None:
    exports.drop("tiktok_ads/Acme shop-Campaign Report-(2026-01-01 to 2026-01-31).xlsx", folder="tiktok_ads/1")
    exports.drop("tiktok_ads/daily.csv", folder="tiktok_ads/2")
    exports.drop("x_ads/campaigns.csv", folder="x_ads/3", currency="USD", account_id="3")
    exports.drop("pinterest_ads/report.csv", folder="pinterest_ads/4", currency="EUR", account_id="4").load()
    assert exports.rows("ads_period", "account_name, " + PERIODS, "spend") == [
        ("Acme shop", "2026-01-01", "2026-01-31", "Winter", "100.010000", "1000", "200"),
        ("Acme shop", "2026-01-01", "2026-01-31", "Spring", "12636.990000", "4076448", "25273"),
    ]
    columns = "source, date, spend, impressions, clicks, conversions, currency"
    assert exports.rows("ads_performance", columns, "date, source") == [
        ("tiktok_ads", "2026-01-01", "1234.500000", "1000", "20", "3.000000", "EUR"),
        ("tiktok_ads", "2026-01-02", "10.250000", "500", "2", "0.000000", "EUR"),
        ("pinterest_ads", "2026-05-01", "4.500000", "1000", "7", "1.000000", "EUR"),
        ("x_ads", "2026-05-01", "12.500000", "1000", "10", None, "USD"),
        ("x_ads", "2026-05-02", "11.500000", "900", "8", None, "USD"),
    ]  # fmt: skip


@pytest.mark.slow
def test_every_ads_export_of_the_sample_company_loads_whole(exports: Exports, sample_folder: Path) -> None:
    for folder in (sample_folder / "inbox").glob("*_ads"):
        for path in folder.rglob("*"):
            target = exports.settings.inbox / path.relative_to(sample_folder / "inbox")
            if path.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
                os.utime(target, (OLD, OLD))
    exports.load()
    # The one refused file is the bulk-upload template that has the name of a report.
    assert exports.query("select outcome, reason, count(*) > 1 from raw._files group by all order by all") == [
        ("loaded", None, True),
        ("refused", "wrong_kind", False),
    ]
    assert exports.query("select sum(rows_rejected) from raw._batches") == [(0,)]

    newest = exports.query("""
        with newest as (
            select * from raw.ads_performance where result_type is null
            qualify row_number() over (partition by source, account_id, date, campaign_id, adset_id, ad_id
                                       order by _exported_at desc, _batch_id desc) = 1
        )
        select date::varchar, source, account_id, campaign_id, any_value(currency), sum(spend), sum(impressions),
            sum(clicks), coalesce(sum(case when source = 'meta_ads' then purchases else conversions end), 0),
            coalesce(sum(case when source = 'meta_ads' then purchase_value else conversion_value end), 0)
        from newest group by 1, 2, 3, 4""")
    measured = {row[:4]: (row[4], *map(Decimal, row[5:])) for row in newest}
    with (sample_folder / "truth" / "ad_spend_daily.csv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            numbers = [row[n] for n in ("spend_native", "impressions", "clicks", "conversions", "conversion_value")]
            expected = (*map(Decimal, numbers),)
            key = (row["date"], row["source"], row["account_id"], row["campaign_id"])
            actual = measured.pop(key)[1:]
            # LinkedIn's report has no conversion value.
            until = 4 if row["source"] == "linkedin_ads" else 5
            assert actual[:until] == expected[:until], key
    # Nothing but days without any delivery may be left.
    assert all(sum(numbers[1:]) == 0 for numbers in measured.values()), measured

    periods = exports.query(
        "select period_start::varchar, period_end::varchar, account_id, campaign_id, spend, impressions, clicks "
        "from raw.ads_period"
    )
    with (sample_folder / "truth" / "ad_periods.csv").open(encoding="utf-8") as handle:
        told = [
            (r["period_start"], r["period_end"], r["account_id"], r["campaign_id"], Decimal(r["spend_native"]),
             int(r["impressions"]), int(r["clicks"]))
            for r in csv.DictReader(handle)
        ]  # fmt: skip
    assert sorted(periods) == sorted(told)


def test_linkedin_months_are_sums_of_months(exports: Exports) -> None:
    text = (
        "Campaign Performance Report (in UTC)\nReport Start: April 1, 2026, 12:00 AM\n"
        "Report End: May 20, 2026, 11:59 PM\n\n"
        "Start Date (in UTC),Account Name,Currency,Campaign Name,Total Spent,Impressions,Clicks\n"
        "4/1/2026,Acme,EUR,C,100.00,1000,10\n5/1/2026,Acme,EUR,C,200.00,2000,20\n"
    )
    exports.drop(text.encode(), "months.csv", "linkedin_ads/1").load()
    assert exports.rows("ads_period", "period_start, period_end, spend") == [
        ("2026-04-01", "2026-04-30", "100.000000"),
        ("2026-05-01", "2026-05-20", "200.000000"),  # the report ends inside the month
    ]
    assert exports.rows("ads_performance", "count(*)", order="1") == [("0",)]


def test_sums_over_a_breakdown_are_no_rows_of_meta(exports: Exports) -> None:
    text = (
        "Campaign name,Country,Gender,Amount spent (EUR),Impressions,Reporting starts,Reporting ends\n"
        "All,All,All,30,300,2026-05-01,2026-05-31\nA,DE,All,10,100,2026-05-01,2026-05-31\n"
        "A,DE,female,10,100,2026-05-01,2026-05-31\nAll,Unknown,male,20,200,2026-05-01,2026-05-31\n"
    )
    exports.drop(text.encode(), "pivot.csv", "meta_ads/1").load()
    # The last campaign is called "All".
    assert exports.rows("ads_period", "campaign_name, breakdown, spend") == [
        ("A", "gender=female | country=DE", "10.000000"),
        ("All", "gender=male | country=Unknown", "20.000000"),
    ]
