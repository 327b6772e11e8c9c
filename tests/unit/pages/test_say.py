"""Values as people of a language write them: one place for tiles, tables, charts and files."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from funnelhouse.pages.parts import Column, Kind
from funnelhouse.pages.say import Cell, cells, short, word, write
from funnelhouse.words import LANGUAGES, Words

ENGLISH = Words("en", "USD")


def in_all(say: Any, currency: str = "USD") -> dict[str, str]:
    return {language: say(Words(language, currency)) for language in LANGUAGES}


def test_large_numbers_are_shortened_as_in_the_language() -> None:
    assert in_all(lambda words: words.compact(1_628_000)) == {"en": "1.6M", "vi": "1,6\u00a0Tr", "am": "1.6\u00a0ሚ"}
    assert in_all(lambda words: words.compact(Decimal("50500"))) == {
        "en": "50.5K",
        "vi": "50,5\u00a0N",
        "am": "50.5\u00a0ሺ",
    }
    assert ENGLISH.compact(-2_500_000_000) == "-2.5B"
    assert ENGLISH.compact(12) == "12"


def test_changes_of_rates_are_points_with_a_sign() -> None:
    assert [ENGLISH.points(value) for value in (0.0123, Decimal("-0.005"), 0, -0.0001)] == [
        "+1.2 points", "-0.5 points", "0.0 points", "0.0 points",
    ]  # fmt: skip
    assert ENGLISH.points(None) == "–"


def test_amounts_have_cents_below_a_hundred_only_and_never_where_the_currency_has_none() -> None:
    assert in_all(lambda words: words.amount(Decimal("99.994"))) == {"en": "99.99", "vi": "99,99", "am": "99.99"}
    assert in_all(lambda words: words.amount(Decimal("1234.56"))) == {"en": "1,235", "vi": "1.235", "am": "1,235"}
    assert in_all(lambda words: words.amount(Decimal("87.34")), "VND") == {"en": "87", "vi": "87", "am": "87"}
    assert in_all(lambda words: words.amount(1_500_000), "VND") == {
        "en": "1,500,000", "vi": "1.500.000", "am": "1,500,000",
    }  # fmt: skip
    assert ENGLISH.amount(0) == "0"


def test_months_and_moments_are_written_as_in_the_language() -> None:
    assert in_all(lambda words: words.month(date(2026, 10, 1))) == {
        "en": "Oct 2026", "vi": "thg 10 2026", "am": "ኦክቶ 2026",
    }  # fmt: skip
    afternoon = datetime.fromisoformat("2026-10-03T14:05:59")  # as DuckDB gives it
    assert in_all(lambda words: words.moment(afternoon)) == {
        "en": "Oct 3, 2026, 14:05 UTC", "vi": "3 thg 10, 2026, 14:05 UTC", "am": "3 ኦክቶ 2026, 14:05 UTC",
    }  # fmt: skip


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_not_known_is_a_dash_whatever_it_is(kind: Kind) -> None:
    assert write(kind, None, ENGLISH) == short(kind, None, ENGLISH) == "–"
    assert write(kind, None, ENGLISH, change=True) == "–"


@pytest.mark.parametrize(
    ("kind", "value", "said", "as_change"),
    [
        (Kind.COUNT, 0, "0", "0"),
        (Kind.COUNT, 1234, "1,234", "+1,234"),
        (Kind.NUMBER, Decimal("1.25"), "1.2", "+1.2"),
        (Kind.MONEY, Decimal("-12.5"), "-12.50", "-12.50"),
        (Kind.RATE, Decimal("0.1234"), "12.3%", "+12.3 points"),
        (Kind.RATIO, 1.714, "1.71", "+1.71"),
        (Kind.DAYS, 3, "3.0", "+3.0"),
        (Kind.WORD, "markov", "Markov", "Markov"),
        (Kind.TEXT, "=1+1", "=1+1", "=1+1"),
        (Kind.DATE, date(2026, 10, 3), "Oct 3, 2026", "Oct 3, 2026"),
    ],
)
def test_a_value_is_written_by_what_it_is(kind: Kind, value: Any, said: str, as_change: str) -> None:
    assert (write(kind, value, ENGLISH), write(kind, value, ENGLISH, change=True)) == (said, as_change)


def test_a_value_of_a_goal_is_what_its_row_says() -> None:
    said = [
        write(Kind.GOAL, Decimal("0.25"), ENGLISH, row={"is_rate": True, "currency": None}),
        write(Kind.GOAL, Decimal("2500"), ENGLISH, row={"is_rate": False, "currency": "EUR"}),
        write(Kind.GOAL, Decimal("2500"), ENGLISH, row={"is_rate": False, "currency": None}),
    ]
    assert said == ["25.0%", "2,500 EUR", "2,500"]


def test_tiles_and_axes_are_short_from_ten_thousand_on() -> None:
    assert [short(Kind.MONEY, value, ENGLISH) for value in (9_999, 10_000, 1_628_000)] == ["9,999", "10K", "1.6M"]
    assert short(Kind.RATE, 12_345, ENGLISH) == "1,234,500.0%"


def test_words_that_no_label_knows_stay_as_they_are() -> None:
    assert (word("Summer sale", ENGLISH), word("", ENGLISH), word(None, ENGLISH)) == ("Summer sale", "–", "–")
    assert word("{name}", ENGLISH) == "{name}"


def test_cells_carry_the_number_of_the_mart_beside_its_text() -> None:
    column = Column("cost", "Cost", Kind.MONEY, bar=True, tone="mood")
    rows = [{"cost": Decimal("1234.5600"), "mood": "behind"}, {"cost": None}, {"cost": Decimal(0)}]
    assert cells(column, rows, ENGLISH) == [
        Cell("1,235", "1234.5600", "behind", 1.0), Cell("–"), Cell("0", "0", ""),
    ]  # fmt: skip
    assert cells(Column("name", "Name"), [{"name": "12"}], ENGLISH) == [Cell("12")]


def test_days_carry_what_they_sort_by() -> None:
    found = cells(Column("due", "Due", Kind.DATE), [{"due": date(2026, 4, 1)}, {"due": None}], ENGLISH)
    assert found == [Cell("Apr 1, 2026", sort="2026-04-01"), Cell("–")]


def test_a_bar_is_a_share_of_the_largest_and_a_loss_has_none() -> None:
    column = Column("profit", "Profit", Kind.MONEY, bar=True)
    rows = [{"profit": Decimal(200)}, {"profit": Decimal(50)}, {"profit": Decimal(-10)}]
    assert [one.share for one in cells(column, rows, ENGLISH)] == [1.0, 0.25, None]
