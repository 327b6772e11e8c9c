"""Layouts that platforms and spreadsheets really write, small enough to stand here: no sum passes for a fact."""

from __future__ import annotations

from tests.contracts.conftest import Exports

GA4 = "# ------------------------------\n# Report\n# Property: Web\n# Start date: 20240301\n# End date: 20240302\n"
FRENCH = (
    "Rapport sur les campagnes\n1 juillet 2025 - 31 juillet 2025\nCampagne;Code de devise;Impr.;Clics;Coût\n"
    "Marque;EUR;12\u202f345;1\u00a0265;1234,56\nTotal : campagnes;EUR;12\u202f345;1\u00a0265;1234,56\n"
    "Total\u00a0: compte;EUR;12\u202f345;1\u00a0265;1234,56\n"
)
META = (
    "Campaign name,Account name,Day,Impressions,Amount spent (USD),On-Facebook leads,Leads,"
    "Reporting starts,Reporting ends\n"
    "C,Acme,2025-09-01,20,1.5,1,4,2025-09-01,2025-09-01\nC,Beta,2025-09-01,20,2.5,0,2,2025-09-01,2025-09-01\n"
)
GERMAN = (
    "Berichtsstart;Berichtsende;Kampagnenname;Impressionen;Ausgegebener Betrag (EUR)\n"
    "01.09.2025;30.09.2025;Frühling;20;5,5\n"
)
WEEKLY = (
    "AccountId,CampaignName,TimePeriod,Impressions,Clicks,Spend\n5,C,2022-10-09,9,1,1.50\n5,C,2022-10-16,9,1,2.50\n"
)


def test_ads_layouts(exports: Exports) -> None:
    exports.drop(FRENCH.encode(), "Rapport.csv", "google_ads/1")
    exports.drop(META.encode(), "accounts.csv")
    exports.drop(GERMAN.encode("cp1252"), "Kampagnen.csv", "meta_ads/2")
    exports.drop(WEEKLY.encode(), "weekly.csv").load()
    # Both French sums are left out, also the one with a no-break space before its colon. Weeks are not days.
    assert exports.rows("ads_period", "account_id, campaign_name, period_start, period_end, spend", "spend") == [
        ("5", "C", "2022-10-09", "2022-10-15", "1.500000"),
        ("5", "C", "2022-10-16", "2022-10-22", "2.500000"),
        ("2", "Frühling", "2025-09-01", "2025-09-30", "5.500000"),
        ("1", "Marque", "2025-07-01", "2025-07-31", "1234.560000"),
    ]
    # Accounts without an id are distinguished by name; the column "Leads" counts all leads, wherever it stands.
    assert exports.rows("ads_performance", "account_id, spend, leads", "account_id") == [
        ("Acme", "1.500000", "4.000000"), ("Beta", "2.500000", "2.000000"),
    ]  # fmt: skip


def test_ga4_layouts(exports: Exports) -> None:
    hours = (
        "Session default channel group,Date + hour (YYYYMMDDHH),Sessions\nDirect,2024030114,10\nDirect,2024030201,5\n"
    )
    custom = "Membership level,Sessions,Active users\ngold,10,5\nsilver,7,5\n"
    exports.drop((GA4 + hours).encode(), "hours.csv").drop((GA4 + custom).encode(), "custom.csv").load()
    assert exports.rows("web_traffic", "date, channel_group, breakdown, sessions") == [
        ("2024-03-01", "Direct", "date_hour=2024030114", "10"), ("2024-03-02", "Direct", "date_hour=2024030201", "5"),
    ]  # fmt: skip
    # A dimension that nobody named keeps its rows apart under its own name.
    assert exports.rows("web_period", "breakdown, sessions") == [
        ("Membership level=gold", "10"), ("Membership level=silver", "7"),
    ]  # fmt: skip


def test_lists_years_and_variants(exports: Exports) -> None:
    deals = (
        "Record ID,Deal Name,Deal Stage,Amount,Create Date,Merged record IDs\n901,A,Won,5,2026-09-01 09:30,907;908\n"
        "902,B,Open,1,2026-09-01 09:30,\n"
    )
    overview = "Date,Video Views,Profile Views,Likes\nDecember 31,20,2,1\nJanuary 1,30,2,1\n"
    variants = (
        'Campaign Report\n"Title:","June"\n"Delivery Date/Time:","Mon, Apr 26, 2021 12:25"\n"Combination 1 Stats"\n'
        '"Total Recipients:","100"\n"Successful Deliveries:","99"\n"Combination 2 Stats"\n"Total Recipients:","200"\n'
    )
    exports.drop(deals.encode(), "deals.csv").drop(variants.encode(), "ab.csv")
    exports.drop(overview.encode(), "Overview.csv", "tiktok/a", exported_at="2026-01-05").load()
    assert exports.rows("crm_opportunities", "record_id, merged_into_id, is_deleted, amount", "record_id") == [
        ("901", None, None, "5.000000"), ("902", None, None, "1.000000"),
        ("907", "901", "true", None), ("908", "901", "true", None),
    ]  # fmt: skip
    # Two rows are enough to see that the year turns between them.
    assert exports.query("select distinct cast(date as varchar) from raw.social_daily order by 1") == [
        ("2025-12-31",), ("2026-01-01",),
    ]  # fmt: skip
    assert exports.outcomes()["ab.csv"][:2] == ("refused", "wrong_kind")


def test_a_manifest_with_a_fact_that_is_none_says_what_to_write(exports: Exports) -> None:
    exports.drop(FRENCH.encode(), "a.csv", "google_ads/1", currency="euro")
    exports.drop(FRENCH.encode() + b"\n", "b.csv", "google_ads/2", timezone="Nowhere/Land").load()
    assert exports.outcomes()["a.csv"][1] == exports.outcomes()["b.csv"][1] == "bad_manifest"
    assert "three letters" in exports.outcomes()["a.csv"][2] and "Europe/Berlin" in exports.outcomes()["b.csv"][2]
