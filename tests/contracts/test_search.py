"""Exports of Search Console become searches per day, or per period where a table of the export has no day."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from tests.contracts.conftest import FILES, Exports

FILTER = "Land: Deutschland"
MEMBERS = ("Queries", "Pages", "Countries", "Devices", "Search appearance", "Chart", "Filters")
ZIP = "www.brightloom.example-Performance-on-Search-2026-10-05.zip"


def _folder(name: str) -> dict[str, str | bytes]:
    return {path.name: path.read_bytes() for path in sorted((FILES / "search_console" / name).iterdir())}


def test_tables_without_days_are_sums_of_the_days_of_the_chart(exports: Exports) -> None:
    exports.drop_zip(ZIP, _folder("export")).load()
    assert exports.outcomes()[ZIP][0] == "loaded"
    assert exports.rows("search_performance", "account_id, date, search_type, filters, clicks, impressions") == [
        ("www.brightloom.example", "2026-10-01", "web", None, "10", "300"),
        ("www.brightloom.example", "2026-10-02", "web", None, "0", "0"),
        ("www.brightloom.example", "2026-10-03", "web", None, "10", "300"),
    ]
    columns = "period_start, period_end, query, page, country, device, clicks, impressions, position"
    period = ("2026-10-01", "2026-10-03")
    assert exports.rows("search_period", columns, order="page, country, device, clicks desc") == [
        (*period, None, "https://www.brightloom.example/", None, None, "18", "500", "7.5"),
        (*period, None, "https://www.brightloom.example/pricing", None, None, "4", "120", "14.0"),
        (*period, None, None, "Germany", None, "5", "200", "10.0"),
        (*period, None, None, "United States", None, "15", "400", "9.0"),
        (*period, None, None, None, "desktop", "14", "380", "9.1"),
        (*period, None, None, None, "mobile", "6", "220", "9.8"),
        (*period, "crm for florists", None, None, None, "12", "340", "8.4"),
        (*period, "funnel report", None, None, None, "3", "90", "11.2"),
        (*period, "[e-mail]", None, None, None, "1", "2", "1.0"),
    ]
    assert exports.query("select distinct cast(_exported_at as varchar) from raw.search_period") == [
        ("2026-10-05 23:59:59",)
    ]
    assert b"jane.roe" not in exports.bytes_kept()


def test_the_workbook_says_the_same(exports: Exports) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_urls": False, "strings_to_numbers": True}) as workbook:
        for name in MEMBERS:
            sheet = workbook.add_worksheet(name)
            lines = (FILES / "search_console/export" / f"{name}.csv").read_text("utf-8").splitlines()
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line.split(","))
    exports.drop(stream.getvalue(), ZIP.replace(".zip", ".xlsx")).load()
    assert exports.query("select count(*), sum(clicks) from raw.search_performance") == [(3, 20)]
    assert exports.query(
        "select count(query), count(page), count(country), count(device), min(period_start)::varchar "
        "from raw.search_period"
    ) == [(3, 2, 2, 2, "2026-10-01")]


def test_other_languages_and_filters(exports: Exports) -> None:
    exports.drop_zip(ZIP, _folder("de"), folder="search_console/shop").load()
    columns = "account_id, period_start, period_end, search_type, filters, query, clicks, impressions, position"
    assert exports.rows("search_period", columns) == [
        ("www.brightloom.example", "2026-10-01", "2026-10-02", "image", FILTER, "blumen crm", "2", "1050", "12.5")
    ]
    assert exports.rows("search_performance", "date, filters, clicks, impressions, position") == [
        ("2026-10-01", FILTER, "1", "600", "12.0"),
        ("2026-10-02", FILTER, "2", "500", "13.0"),
    ]


def test_the_table_of_the_api_is_by_day(exports: Exports) -> None:
    exports.drop("search_console/api.csv", folder="search_console/shop").load()
    columns = "account_id, date, query, country, device, clicks, impressions, position, click_rate_reported"
    assert exports.rows("search_performance", columns) == [
        ("shop", "2026-10-01", "crm for florists", "usa", "desktop", "4", "100", "8.5", "0.04"),
        ("shop", "2026-10-01", "crm for florists", "usa", "mobile", "1", "50", "10.0", "0.02"),
        ("shop", "2026-10-02", None, "deu", "tablet", "0", "3", "4.0", "0.0"),
    ]


def test_positions_of_the_bulk_export_begin_at_zero(exports: Exports) -> None:
    exports.drop("search_console/bulk.csv").load()
    assert exports.rows("search_performance", "account_id, search_type, query, clicks, impressions, position") == [
        ("sc-domain:brightloom.example", "web", "crm", "2", "4", "1.0"),
        ("sc-domain:brightloom.example", "web", None, "1", "10", "3.5"),
    ]


@pytest.mark.parametrize("member", ["Queries", "Pages", "Countries", "Devices"])
def test_a_table_alone_belongs_to_no_date(exports: Exports, member: str) -> None:
    exports.drop(f"search_console/export/{member}.csv", folder="search_console/shop").load()
    outcome, reason, message = exports.outcomes()[f"{member}.csv"]
    assert (outcome, reason) == ("refused", "unknown_period")
    assert "load the zip as it was downloaded" in message


def test_weeks_of_the_chart_do_not_say_where_the_period_ends(exports: Exports) -> None:
    chart = b"Date,Clicks,Impressions,CTR,Position\n2026-09-07,1,10,10%,5\n2026-09-14,2,10,20%,5\n"
    exports.drop_zip(ZIP, {"Chart.csv": chart, "Devices.csv": "search_console/export/Devices.csv"}).load()
    assert exports.rows("search_period", "period_start, period_end, device, clicks") == [
        ("2026-09-07", "2026-09-13", None, "1"),
        ("2026-09-14", "2026-09-20", None, "2"),
    ]
    assert exports.outcomes()[ZIP][1] == "unknown_period"


def test_every_table_of_the_export_has_a_scope_of_its_own(exports: Exports) -> None:
    exports.drop_zip(ZIP, _folder("export")).load()
    scopes = {scope for (scope,) in exports.query("select distinct scope from raw._batches")}
    assert scopes == {"Web|none", "country|Web|none", "device|Web|none", "page|Web|none", "query|Web|none"}


def test_two_sites_in_one_folder_are_two_accounts(exports: Exports) -> None:
    other = ZIP.replace("www.brightloom.example", "https___shop.example_")
    chart = b"Date,Clicks,Impressions,CTR,Position\n2026-10-01,7,10,70%,2\n2026-10-02,1,10,10%,2\n"
    exports.drop_zip(ZIP, _folder("export"), "search_console/all")
    exports.drop_zip(other, {"Chart.csv": chart}, "search_console/all").load()
    assert exports.query("select account_id, sum(clicks) from raw.search_performance group by 1 order by 1") == [
        ("https___shop.example_", 8),
        ("www.brightloom.example", 20),
    ]
