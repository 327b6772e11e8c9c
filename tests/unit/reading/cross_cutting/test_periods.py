"""Rules that hold for every export, by their numbers: 0.7 periods, versions, totals."""

from __future__ import annotations

import pytest

from tests.fuzz.dress import Dress, write
from tests.fuzz.driver import Driver
from tests.unit.reading.cross_cutting.two_days import FILES, dressed, rows

# --- 0.7 periods, versions, totals ---


def test_0_7_what_the_file_says_about_its_export_wins_over_its_name_and_time(driver: Driver) -> None:
    content = (FILES / "linkedin_ads/account_508112233_creative_performance_report.csv").read_bytes()
    said = driver.see("account_1_creative_performance_report_2020-01-01.csv", content, {"account_id": "a"})
    assert rows(said, names="_exported_at")[0] == ("2026-09-24 12:40:00",)
    named = driver.see("report 2026-11-03.csv", dressed(), {"account_id": "a"})
    assert rows(named, names="_exported_at")[0] == ("2026-11-03 23:59:59",)
    inside = driver.see("report.csv", dressed(), {"account_id": "a"})
    assert rows(inside, names="_exported_at")[0] == ("2026-10-02 23:59:59",) or "modification" in str(inside.tables)


def test_0_7_sums_of_a_period_are_never_days(driver: Driver) -> None:
    aggregate = driver.see("aggregate.csv", (FILES / "linkedin_ads/aggregate.csv").read_bytes())
    assert list(aggregate.tables[0].entities) == ["ads_period"]
    weekly = driver.see("weekly.csv", (FILES / "microsoft_ads/weekly.csv").read_bytes())
    assert list(weekly.tables[0].entities) == ["ads_period"]
    unknown = driver.see("all_time.csv", (FILES / "google_ads_ui_table/all_time.csv").read_bytes())
    assert (unknown.outcome, unknown.reason) == ("refused", "unknown_period")


@pytest.mark.parametrize(
    ("total", "differs"), [("1254.75", False), ("1254.76", False), ("1254.80", True)], ids=lambda value: f"0.7 {value}"
)
def test_0_7_total_rows_are_kept_aside_and_reconciled(driver: Driver, total: str, differs: bool) -> None:
    # Two rows of 1234.50 and 20.25; the tolerance is 0.005 x (2 + 1) = 0.015.
    header = ["Campaign status", "Campaign", "Currency code", "Cost", "Impr.", "Clicks"]
    lines = [
        ["Campaign report"],
        ["July 1, 2026 - July 31, 2026"],
        header,
        ["Enabled", "A", "EUR", "1234.50", "1000", "12"],
        ["Enabled", "B", "EUR", "20.25", "500", "5"],
        ["Total: Campaigns", "--", "EUR", total, "1500", "17"],
    ]
    seen = driver.see("Campaign report.csv", write(lines, 2, Dress(), "")[1])
    table = seen.tables[0]
    assert (table.rows_in, table.rows_loaded, table.dropped) == (3, 2, {"total_rows": 1})
    assert any("differs from the rows" in note for note in table.notes) is differs
