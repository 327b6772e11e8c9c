"""Exports of GA4 become sessions per day, or per period where the file has no day."""

from __future__ import annotations

from tests.contracts.conftest import Exports


def test_report_with_date_gives_days(exports: Exports) -> None:
    exports.drop("ga4_report/traffic_by_day.csv", folder="ga4/312045781", currency="USD").load()
    assert exports.rows(
        "web_traffic",
        "account_id, property_name, date, channel_group, sessions, engaged_sessions, key_events, revenue, currency",
    ) == [
        ("312045781", "Brightloom web", "2026-10-01", "(not set)", "4", "0", "0.000000", "0.000000", "USD"),
        ("312045781", "Brightloom web", "2026-10-01", "Organic Search", "120", "60", "6.000000", "125.500000", "USD"),
        ("312045781", "Brightloom web", "2026-10-03", "Organic Search", "100", "50", "4.000000", "0.000000", "USD"),
    ]
    # 2 October has no row, but the export covers it: it replaces what older exports said about these three days.
    assert exports.query("select restatement, period_start::varchar, period_end::varchar from raw._batches") == [
        ("replace_period", "2026-10-01", "2026-10-03")
    ]


def test_report_without_date_is_a_total_of_its_period(exports: Exports) -> None:
    exports.drop("ga4_report/data-export.csv", folder="ga4/312045781").load()
    assert exports.query("select count(*) from raw.web_traffic") == [(0,)]
    assert exports.rows(
        "web_period", "period_start, period_end, session_source, session_medium, sessions, key_events"
    ) == [
        ("2026-10-01", "2026-10-31", "google", "organic", "1200", "60.000000"),
        ("2026-10-01", "2026-10-31", "newsletter", "email", "100", "12.000000"),
    ]


def test_report_in_spanish_is_read_by_the_shape_of_its_preamble(exports: Exports) -> None:
    exports.drop("ga4_report/es.csv", folder="ga4/398114520").load()
    assert exports.rows("web_period", "property_name, period_start, period_end, channel_group, sessions, revenue") == [
        ("Brightloom en español", "2026-09-01", "2026-09-30", "Organic Search", "12", "1.500000")
    ]


def test_exploration_leaves_its_grand_total_out(exports: Exports) -> None:
    exports.drop("ga4_report/download.csv", folder="ga4/312045781").load()
    # The total row says 35 sessions, the two rows below it 20 + 15.
    assert exports.rows("web_period", "period_start, period_end, breakdown, sessions", order="sessions") == [
        ("2024-11-22", "2026-01-20", "device=mobile", "15"),
        ("2024-11-22", "2026-01-20", "device=desktop", "20"),
    ]
    assert exports.query("select rows_in, rows_loaded, rows_rejected from raw._batches") == [(3, 2, 0)]
    assert exports.outcomes()["download.csv"][0] == "loaded"


def test_addresses_in_links_are_not_kept(exports: Exports) -> None:
    exports.drop("ga4_report/download.csv", folder="ga4/312045781").load()
    assert b"jane.roe" not in exports.bytes_kept()


def test_snapshot_blocks_count_their_days_from_their_own_start(exports: Exports) -> None:
    exports.drop("ga4_report/snapshot.csv", folder="ga4/312045781").load()
    assert exports.rows("web_traffic", "date, breakdown, active_users, revenue") == [
        ("2026-09-01", "snapshot revenue", None, "5.500000"),
        ("2026-09-02", "snapshot revenue", None, "0.000000"),
        ("2026-10-01", "snapshot active users", "10", None),
        ("2026-10-02", "snapshot active users", "12", None),
        ("2026-10-03", "snapshot active users", "9", None),
    ]


def test_months_of_a_report_are_totals_of_their_month(exports: Exports) -> None:
    text = b"""# ----------------------------------------
# Brightloom web
# Months-Free form 1
# 20260915-20261031
# ----------------------------------------

Year month,Session default channel group,Sessions
202609,Direct,10
202610,Direct,20
"""
    exports.drop(text, "download.csv", folder="ga4/312045781").load()
    # The report begins in the middle of September.
    assert exports.rows("web_period", "period_start, period_end, channel_group, sessions") == [
        ("2026-09-15", "2026-09-30", "Direct", "10"),
        ("2026-10-01", "2026-10-31", "Direct", "20"),
    ]


DAYS = """# ----------------------------------------
# Traffic
# Account: Brightloom
# Property: {property}
# ----------------------------------------
#
# {start}: 20261001
# {end}: 20261003
"""


def test_reports_by_different_dimensions_do_not_replace_each_other(exports: Exports) -> None:
    preamble = DAYS.format(property="Shop", start="Start date", end="End date")
    channel = preamble + "Session default channel group,Date,Sessions\nDirect,20261001,5\n"
    medium = preamble + "Session source / medium,Date,Sessions\n(direct) / (none),20261001,5\n"
    exports.drop(channel.encode(), "channel.csv", folder="ga4/1")
    exports.drop(medium.encode(), "medium.csv", folder="ga4/1").load()
    assert exports.query("select scope from raw._batches order by 1") == [
        ("channel_group",), ("session_medium,session_source",),
    ]  # fmt: skip


def test_property_stands_in_for_an_account_that_nothing_names(exports: Exports) -> None:
    rows = "Session default channel group,Date,Sessions\nDirect,20261001,5\n"
    for name in ("Shop", "Blog"):
        text = DAYS.format(property=name, start="Start date", end="End date") + rows
        exports.drop(text.encode(), f"{name}.csv")
    exports.load()
    assert exports.rows("web_traffic", "account_id, sessions") == [("Blog", "5"), ("Shop", "5")]


def test_period_is_read_by_position_where_the_language_is_not_known(exports: Exports) -> None:
    text = DAYS.format(property="Shop", start="Aloituspäivä", end="Päättymispäivä")
    exports.drop((text + "Channel,Session source / medium,Sessions\nx,a / b,5\n").encode(), "fi.csv").load()
    assert exports.rows("web_period", "period_start, period_end, sessions") == [("2026-10-01", "2026-10-03", "5")]


def test_a_snapshot_whose_first_block_is_by_channel_gives_its_sums_and_its_days(exports: Exports) -> None:
    exports.drop("ga4_report/snapshot_channels_first.csv").load()
    columns = "period_start, period_end, channel_group, sessions, account_id"
    assert exports.rows("web_period", columns) == [
        ("2026-10-01", "2026-10-03", "Direct", "20", "Brightloom web"),
        ("2026-10-01", "2026-10-03", "Organic Search", "15", "Brightloom web"),
    ]
    assert exports.rows("web_traffic", "date, users, account_id") == [
        ("2026-10-01", "10", "Brightloom web"),
        ("2026-10-02", "11", "Brightloom web"),
        ("2026-10-03", "12", "Brightloom web"),
    ]
