"""Rules that hold for every export, by their numbers: 0.3 labels; 0.4 nulls."""

from __future__ import annotations

import pytest

from tests.fuzz.driver import Driver
from tests.unit.reading.cross_cutting.two_days import BOTH, FILES, HEADER, ONE, TWO, cell, dressed, rows

# --- 0.3 labels ---

LABELS = {
    "0.3 a mark in the first label": ("Day", "\ufeffDay"),
    "0.3 quotes around a label": ("Campaign", '"Campaign"'),
    "0.3 a soft hyphen": ("Campaign", "Cam\u00adpaign"),
    "0.3 U+00A0": ("Campaign ID", "Campaign\u00a0ID"),
    "0.3 U+202F": ("Currency code", "Currency\u202fcode"),
    "0.3 white space is collapsed": ("Campaign ID", " Campaign  \t ID "),
    "0.3 a trailing space": ("Clicks", "Clicks "),
    "0.3 upper and lower case": ("Campaign ID", "CAMPAIGN id"),
}


@pytest.mark.parametrize("rule", LABELS)
def test_labels(driver: Driver, rule: str) -> None:
    plain, written = LABELS[rule]
    header = [written if label == plain else label for label in HEADER]
    seen = driver.see("report.csv", dressed([header, ONE, TWO], quote_all=True))
    assert rows(seen) == BOTH
    assert rows(seen, names="campaign_name campaign_id currency")[0] == ("Brand", "101", "EUR")


def test_0_3_spaces_of_every_kind_in_date_cells(driver: Driver) -> None:
    days = ["2026-10-01", "\u00a02026-10-02", "2026-10-03\u202f", " 2026-10-04 "]
    seen = driver.see("report.csv", dressed([HEADER, *([day, *ONE[1:]] for day in days)]))
    assert rows(seen, names="date") == [("2026-10-01",), ("2026-10-02",), ("2026-10-03",), ("2026-10-04",)]


def test_0_3_the_first_of_two_equal_labels_counts_and_a_difference_is_told(driver: Driver) -> None:
    header = [*HEADER, "Clicks"]
    same = driver.see("report.csv", dressed([header, [*ONE, "12"], [*TWO, ""]]))
    other = driver.see("report.csv", dressed([header, [*ONE, "12"], [*TWO, "7"]]))
    assert rows(same) == rows(other) == BOTH
    assert not any("twice" in note for note in same.tables[0].notes)
    assert any("'Clicks' stands twice" in note and "1 of 2" in note for note in other.tables[0].notes)
    assert '"Clicks__2":"7"' in other.tables[0].entities["ads_performance"][1]["extra"]


def test_0_3_unknown_columns_go_to_extra(driver: Driver) -> None:
    seen = driver.see("report.csv", dressed([[*HEADER, "Mood"], [*ONE, "fine"], [*TWO, ""]]))
    assert rows(seen, names="extra") == [('{"Mood":"fine"}',), (None,)]


def test_0_3_language_is_a_property_of_the_file(driver: Driver) -> None:
    german = [["Tag", "Kampagne", "Kosten", "Impr.", "Klicks"], ["2026-10-01", "Marke", "1.234", "2.000", "7"]]
    seen = driver.see("bericht.csv", dressed(german, delimiter=";"))
    assert rows(seen) == [("2026-10-01", "1234.000000", 2000, 7)]
    assert any("language de" in note for note in seen.tables[0].notes)


# --- 0.4 nulls ---

NULLS = ["", "--", " --", "-", "- ", " - ", "\t-", "N/A", "n/a", "NAN", "NaN", "undefined", "—", "#N/A"]


@pytest.mark.parametrize("token", NULLS, ids=lambda token: f"0.4 {token!r}")
def test_0_4_null_is_not_zero(driver: Driver, token: str) -> None:
    seen = driver.see("report.csv", dressed([HEADER, [*ONE[:4], token, token, token], TWO]))
    assert rows(seen) == [("2026-10-01", None, None, None), BOTH[1]]
    assert seen.outcome == "loaded"


@pytest.mark.parametrize("zero", ["0", "0.00", "0.0", "-0", " 0 "], ids=lambda token: f"0.4 {token!r} is zero")
def test_0_4_zero_is_not_null(driver: Driver, zero: str) -> None:
    assert cell(driver, "Cost", zero, "spend") == "0.000000"


def test_0_4_not_set_stays_a_text_of_a_dimension(driver: Driver) -> None:
    assert cell(driver, "Campaign", "(not set)", "campaign_name") == "(not set)"


def test_0_4_the_empty_lookup_of_salesforce_is_null(driver: Driver) -> None:
    content = (FILES / "salesforce_weekly_export/Opportunity.csv").read_bytes()
    assert content.count(b"000000000000000AAA") == 2
    for row in driver.see("Opportunity.csv", content).tables[0].entities["crm_opportunities"]:
        assert "000000000000000AAA" not in row.values()
