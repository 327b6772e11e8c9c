"""Rules that hold for every export, by their numbers: 0.5 numbers; 0.6 ids."""

from __future__ import annotations

import pytest

from tests.fuzz.driver import Driver
from tests.unit.reading.conftest import Home
from tests.unit.reading.cross_cutting.two_days import FILES, HEADER, ONE, TWO, cell, dressed, rows

# --- 0.5 numbers ---

COMMA = [["2026-10-03", "Brand", "101", "EUR", "9,36", "1", "1"]]
NUMBERS = {
    "0.5 1,234.56 quoted": ("Cost", "1,234.56", None, "1234.560000"),
    "0.5 48682.72 ungrouped beside grouped counts": (
        "Cost",
        "48682.72",
        [[*TWO[:5], "1,606,880", "5"]],
        "48682.720000",
    ),
    "0.5 1.234,56": ("Cost", "1.234,56", None, "1234.560000"),
    "0.5 9,36": ("Cost", "9,36", None, "9.360000"),
    "0.5 6.2527773973 in a decimal-comma file": ("Cost", "6.2527773973", COMMA, "6.252777"),
    "0.5 a symbol before": ("Cost", "$26,064.74", None, "26064.740000"),
    "0.5 US$0.00": ("Cost", "US$0.00", None, "0.000000"),
    "0.5 CA$0.00": ("Cost", "CA$0.00", None, "0.000000"),
    "0.5 a symbol behind": ("Cost", "12,50 €", None, "12.500000"),
    "0.5 376.0 for a count": ("Impr.", "376.0", None, 376),
    "0.5 121401.0 for a count": ("Impr.", "121401.0", None, 121401),
    "0.5 a count with a fraction is refused": ("Impr.", "1.5", None, ("refused", "most_rows_fail")),
    "0.5 eight decimals": ("Cost", "3.97272727", None, "3.972727"),
    "0.5 no hexadecimal": ("Impr.", "0x1F", None, ("refused", "most_rows_fail")),
    "0.5 no digits of other scripts": ("Impr.", "٣٤٥", None, ("refused", "most_rows_fail")),
    "0.5 a thousand of a decimal-comma file": ("Cost", "1.234", COMMA, "1234.000000"),
    "0.5 a thousand of a decimal-point file": ("Impr.", "1,234", [TWO], 1234),
}


@pytest.mark.parametrize("rule", NUMBERS)
def test_numbers(driver: Driver, rule: str) -> None:
    label, text, others, expected = NUMBERS[rule]
    name = {"Cost": "spend", "Impr.": "impressions"}[label]
    row = {"Cost": 4, "Impr.": 5}[label]
    header, one = list(HEADER), [*ONE[:4], "", "1", "1"]
    one[row] = text
    seen = driver.see("report.csv", dressed([header, one, *(others or [])]))
    found = rows(seen, names=name)
    assert (found[0][0] if found else (seen.outcome, seen.reason)) == expected


def test_0_5_the_locale_is_never_decided_per_cell(driver: Driver) -> None:
    # 9,36 can only be a decimal comma: so 1.234 is a thousand in every column, and 1.234.5 is nothing.
    table = [HEADER, *([f"2026-10-0{n}", "B", "1", "EUR", *cells] for n, cells in enumerate(
        [("9,36", "1.234", "1"), ("1.234", "10.000", "2"), ("5,5", "1", "3"), ("1.234.5", "1", "4")], 1))]  # fmt: skip
    seen = driver.see("report.csv", dressed(table))
    assert rows(seen) == [
        ("2026-10-01", "9.360000", 1234, 1), ("2026-10-02", "1234.000000", 10000, 2), ("2026-10-03", "5.500000", 1, 3),
    ]  # fmt: skip
    assert seen.tables[0].rows_rejected == 1


def test_0_5_one_odd_cell_does_not_turn_the_locale(driver: Driver) -> None:
    # Two cells can only have a decimal point; "5,5" is damage, and 12.345 must not become twelve thousand.
    table = [HEADER, ONE, TWO, [*ONE[:4], "12.345", "1", "1"], [*ONE[:4], "5,5", "1", "1"]]
    seen = driver.see("report.csv", dressed(table))
    assert rows(seen, names="spend") == [("1234.500000",), ("20.250000",), ("12.345000",)]
    assert seen.tables[0].rows_rejected == 1


def test_0_5_an_open_locale_is_told(driver: Driver) -> None:
    seen = driver.see("report.csv", dressed([HEADER, [*ONE[:4], "1.234", "5", "5"]]))
    assert rows(seen, names="spend") == [("1.234000",)]
    assert any("the cells leave it open" in note for note in seen.tables[0].notes)


def test_0_5_the_order_of_day_and_month_is_one_for_the_file(driver: Driver) -> None:
    days = ["03/04/2026", "13/04/2026", "15/04/2026", "04/14/2026"]
    table = [["Gregorian date", "Account name", "Campaign name", "Campaign ID", "Impressions", "Clicks", "Spend"]]
    table += [[day, "Acme", "Brand", "[7]", "10", "1", "2.50"] for day in days]
    seen = driver.see("Daily.csv", dressed(table))
    # 13/04 can only be the 13th of April: 03/04 is the 3rd of April, and 04/14 is not a date of this file.
    assert rows(seen, names="date") == [("2026-04-03",), ("2026-04-13",), ("2026-04-15",)]
    assert seen.tables[0].rows_rejected == 1


# --- 0.6 ids ---

IDS = {
    "0.6 ids are texts": ("00123", "00123"),
    "0.6 18 digits stay": ("120253012345678901", "120253012345678901"),
    "0.6 brackets": ("[82945799304067]", "82945799304067"),
    "0.6 brackets between blanks": (" [82945799304067] ", "82945799304067"),
    '0.6 ="…"': ('="829"', "829"),
    "0.6 a leading apostrophe": ("'829", "829"),
    "0.6 a leading space before a dash": (" -L31PdnCO7A", "-L31PdnCO7A"),
    "0.6 a rounded id is refused": ("1.20253E+17", ("refused", "damaged_ids")),
    "0.6 a rounded id with a decimal comma is refused": ("1,20253E+17", ("refused", "damaged_ids")),
}


@pytest.mark.parametrize("rule", IDS)
def test_ids(driver: Driver, rule: str) -> None:
    text, expected = IDS[rule]
    assert cell(driver, "Campaign ID", text, "campaign_id") == expected


def test_0_6_prefixes_of_lead_ads_are_stripped(driver: Driver) -> None:
    content = (FILES / "meta_lead_ads/leads.csv").read_bytes()
    table = driver.see("leads.csv", content).tables[0]
    values = [value for entity in table.entities.values() for row in entity for value in row.values()]
    assert not [value for value in values if isinstance(value, str) and value[:2] in ("l:", "c:", "f:")]


def test_0_6_the_same_content_under_another_name_is_the_same_file(home: Home) -> None:
    content = (FILES / "meta_business_content/May-25-2026_Jun-21-2026_1493633672508178.csv").read_bytes()
    home.drop("May-25-2026_Jun-21-2026_1493633672508178.csv", content)
    home.drop("May-25-2026_Jun-21-2026_9990000000000000.csv", content).load()
    assert len(home.batches()) == 1
    assert len(home.rows("social_posts", "post_id")) == 2
