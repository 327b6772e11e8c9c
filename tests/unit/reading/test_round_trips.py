"""Any table, written in any dialect with any mess around it, is read as the same table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnelhouse.reading.cells.numbers import SPACES
from funnelhouse.reading.cells.sql_values import TEXT_NULLS
from funnelhouse.settings import load_settings
from tests.fuzz.dress import MARKS, Dress, write
from tests.fuzz.driver import Driver, Seen, open_driver

LABELS = {
    "en": ["Day", "Campaign", "Campaign ID", "Currency code", "Cost", "Impr.", "Clicks"],
    "de": ["Tag", "Kampagne", "Kampagnen-ID", "Währungscode", "Kosten", "Impressionen", "Klicks"],
    "fr": ["Jour", "Campagne", "ID de campagne", "Code de devise", "Coût", "Impressions", "Clics"],
}
DATES = {"en": ("%Y-%m-%d", "%b %d, %Y"), "de": ("%Y-%m-%d", "%d.%m.%Y"), "fr": ("%Y-%m-%d", "%d/%m/%Y")}
GROUPS = {".": ("", ",", "'", "\u202f"), ",": ("", ".", " ", "\u00a0", "\u202f")}
MONEY = ("{}", "${}", "€{}", "{} €", "{} EUR", "US${}")
NULLS = ("", "-", " --", "n/a", "N/A", "NaN", "undefined")
Row = tuple[date, str, str, Decimal, int, int | None]
HARD = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    home = load_settings(tmp_path_factory.mktemp("trips") / "home")
    home.make_folders()
    with open_driver(home) as made:
        yield made


@dataclass(frozen=True)
class Manner:
    """How values are written; one for the whole file."""

    language: str
    point: str
    group: str
    dates: str
    money: str
    null: str

    def number(self, value: Decimal | int) -> str:
        whole, _, part = format(value, ",").partition(".")
        return whole.replace(",", self.group) + (self.point + part if part else "")

    def row(self, row: Row) -> list[str]:
        day, name, key, spend, impressions, clicks = row
        return [day.strftime(self.dates), name, key, "EUR", self.money.format(self.number(spend)),
                self.number(impressions), self.null if clicks is None else self.number(clicks)]  # fmt: skip


def _is_a_name(text: str) -> bool:
    bare = text.strip(SPACES)
    return bool(bare) and bare == text and bare.lower() not in TEXT_NULLS and not bare.lower().startswith("total")


names = st.text(
    st.one_of(
        st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="@\u061c\u180e"),
        st.sampled_from(',;\t|"\n'),
    ),
    min_size=1, max_size=20,
).filter(_is_a_name)  # fmt: skip
rows_ = st.tuples(
    st.dates(date(2020, 1, 1), date(2026, 12, 31)), names, st.from_regex(r"[1-9][0-9]{2,17}", fullmatch=True),
    st.decimals(0, 10**9, places=2), st.integers(0, 10**9), st.none() | st.integers(0, 10**6),
)  # fmt: skip
tables = st.lists(rows_, min_size=1, max_size=6)


@st.composite
def manners(draw: st.DrawFn) -> Manner:
    language, point = draw(st.sampled_from(sorted(LABELS))), draw(st.sampled_from(".,"))
    return Manner(
        language, point, draw(st.sampled_from(GROUPS[point])), draw(st.sampled_from(DATES[language])),
        draw(st.sampled_from(MONEY)), draw(st.sampled_from(NULLS)),
    )  # fmt: skip


@st.composite
def dresses(draw: st.DrawFn, count: int) -> Dress:
    encoding = draw(st.sampled_from(("utf-8", "utf-16-le", "utf-16-be")))
    container = draw(st.sampled_from(("text", "text", "text", "zip", "zip in zip", "gzip", "xlsx", "xls")))
    is_text = container not in ("xlsx", "xls")
    wrapped = is_text and draw(st.integers(0, 5)) == 0
    return Dress(
        delimiter="," if wrapped else draw(st.sampled_from(",;\t|")),
        encoding=encoding,
        mark=MARKS[encoding] if encoding != "utf-8" or draw(st.booleans()) else b"",
        eol=draw(st.sampled_from(("\n", "\r\n"))),
        quote_all=draw(st.booleans()),
        sep_line=is_text and not wrapped and draw(st.booleans()),
        preamble=tuple(draw(st.lists(st.sampled_from(("Spring report", "For the team", "v2")), max_size=4))),
        blank_lines=tuple(draw(st.sets(st.integers(0, count - 1), max_size=2))),
        padding=0 if wrapped else draw(st.sampled_from((0, 0, 2))),
        spaces=draw(st.booleans()),
        upper_labels=draw(st.booleans()),
        extra_column=draw(st.booleans()),
        wrapped=wrapped,
        columns=tuple(draw(st.permutations(range(7)))) if draw(st.booleans()) else (),
        container=container,
    )


def found(seen: Seen) -> list[tuple[Any, ...]]:
    assert not seen.errors, seen.errors
    columns = ["date", "campaign_name", "campaign_id", "spend", "impressions", "clicks"]
    loaded = [row for table in seen.tables for row in table.entities.get("ads_performance", [])]
    return [tuple(row[name] for name in columns) for row in sorted(loaded, key=lambda row: row["_row_number"])]


@HARD
@given(data=st.data(), table=tables, manner=manners())
def test_the_same_table_comes_back(driver: Driver, data: st.DataObject, table: list[Row], manner: Manner) -> None:
    dress = data.draw(dresses(len(table)))
    has_total, is_ragged = data.draw(st.booleans()), data.draw(st.booleans())
    lines = [manner.row(row) for row in table]
    if is_ragged and not dress.columns and not dress.padding:  # a row may end before its null cells
        lines = [line[:-1] if row[-1] is None else line for line, row in zip(lines, table, strict=True)]
    if has_total and not dress.columns:
        lines.append(["Total: Campaigns", "", "", "EUR", manner.number(sum(row[3] for row in table)), "", ""])
    name, content = write([LABELS[manner.language], *lines], 0, dress, "report.csv")
    seen = driver.see(name, content)
    assert found(seen) == list(table), (seen.outcome, seen.reason, seen.message)
    assert seen.outcome == "loaded"
    assert seen.tables[0].dropped.get("total_rows", 0) == (has_total and not dress.columns)


@HARD
@given(
    point=st.sampled_from(".,"),
    language=st.sampled_from(sorted(LABELS)),
    opens=st.lists(st.tuples(st.integers(1, 999), st.integers(0, 999)), min_size=1, max_size=5),
    place=st.integers(0, 5),
    fraction=st.sampled_from(("5", "25", "1250", "250000")),
)
def test_one_cell_of_evidence_decides_every_open_cell(
    driver: Driver, point: str, language: str, opens: list[tuple[int, int]], place: int, fraction: str
) -> None:
    """`1.234` is a thousand or a fraction: which one, the file says once, wherever the evidence stands."""
    other = "," if point == "." else "."
    table = [(f"{high}{other}{low:03}", Decimal(high * 1000 + low)) for high, low in opens]
    table.insert(min(place, len(table)), (f"7{point}{fraction}", Decimal(f"7.{fraction}")))
    lines = [["2026-10-01", f"C{n}", f"10{n}", "EUR", text, "5", "1"] for n, (text, _) in enumerate(table)]
    seen = driver.see("report.csv", write([LABELS[language], *lines], 0, Dress(delimiter=";"), "")[1])
    assert [row[3] for row in found(seen)] == [value for _, value in table]


@pytest.mark.parametrize(("language", "spend"), [("en", "1.234000"), ("de", "1234.000000"), ("fr", "1234.000000")])
def test_without_evidence_the_language_decides_and_the_file_says_so(driver: Driver, language: str, spend: str) -> None:
    line = ["2026-10-01", "C", "101", "EUR", "1.234", "5", "1"]
    seen = driver.see("report.csv", write([LABELS[language], line], 0, Dress(delimiter=";"), "")[1])
    assert [str(row[3]) for row in found(seen)] == [spend]
    assert any("the cells leave it open" in note for note in seen.tables[0].notes)


@HARD
@given(
    days=st.lists(st.dates(date(2024, 1, 1), date(2026, 12, 31)), min_size=1, max_size=8), order=st.sampled_from("dm")
)
def test_days_and_months_are_never_swapped_within_a_file(driver: Driver, days: list[date], order: str) -> None:
    """All dates come back as one order says; if any day is beyond 12, as the order they were written in.

    Days that all start a month, or lie whole weeks apart, are not days but periods (the guard of Microsoft's reports).
    """
    form = {"d": "%d/%m/%Y", "m": "%m/%d/%Y"}[order]
    header = ["Gregorian date", "Account name", "Campaign name", "Campaign ID", "Impressions", "Clicks", "Spend"]
    lines = [[day.strftime(form), "Acme", "Brand", str(100 + n), "10", "1", "2.50"] for n, day in enumerate(days)]
    seen = driver.see("Daily.csv", write([header, *lines], 0, Dress(), "")[1])
    assert not seen.errors
    read = [row["date"] for table in seen.tables for row in table.entities.get("ads_performance", [])]
    swapped = [] if any(day.day > 12 for day in days) else [day.replace(month=day.day, day=day.month) for day in days]
    if read:
        assert read in (days, swapped or days)
    else:
        assert _are_periods(days) or _are_periods(swapped)


def _are_periods(days: list[date]) -> bool:
    months, weeks = all(day.day == 1 for day in days), all((day - min(days)).days % 7 == 0 for day in days)
    return len(set(days)) > 1 and (months or weeks)
