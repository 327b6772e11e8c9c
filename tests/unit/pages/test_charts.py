"""Pictures: axes that hold every value and say so in words, and series that leave out what is not known."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnelhouse.pages.charts import nice_step, picture, trend
from funnelhouse.pages.parts import Chart, Column, Kind, Table
from funnelhouse.words import LANGUAGES, Words

ENGLISH = Words("en", "USD")
NUMBERS = st.one_of(
    st.floats(-1e13, 1e13).filter(lambda value: value == 0 or abs(value) > 1e-7),
    st.floats(0, 1).filter(lambda value: value == 0 or value > 1e-6),
    st.integers(0, 40),
)
DAYS = [f"day {number}" for number in range(5)]


def drawn(values: list[Any], kind: Kind = Kind.NUMBER, chart: Chart | None = None, words: Words = ENGLISH) -> Any:
    """The picture of a table with one column of numbers."""
    columns = [Column("day", "Day"), Column("value", "Value", kind), Column("rate", "Rate", Kind.RATE)]
    rows = [{"day": DAYS[place % 5], "value": value, "rate": 0.25, "is_open": place == len(values) - 1}
            for place, value in enumerate(values)]  # fmt: skip
    table = Table("t", "T", "marts.t", columns, rows, "empty", chart=chart or Chart("columns", "day", ["value"]))
    return picture(table, words)


@given(st.floats(1e-9, 1e15))
def test_ticks_are_one_two_or_five_times_a_power_of_ten_apart(span: float) -> None:
    step = nice_step(span)
    mantissa = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(mantissa - one) for one in (1, 2, 5)) < 1e-6
    assert 1.5 <= span / step <= 4.01


@pytest.mark.parametrize(
    ("span", "step"), [(4, 1), (100, 50), (7, 2), (0.3, 0.1), (1, 0.5), (80_000, 20_000), (0.004, 0.001)]
)
def test_the_step_of_a_few_spans(span: float, step: float) -> None:
    assert nice_step(span) == pytest.approx(step)


@given(st.lists(NUMBERS, min_size=1, max_size=5), st.sampled_from([Kind.NUMBER, Kind.COUNT, Kind.MONEY, Kind.RATE]))
def test_an_axis_holds_zero_and_every_value_and_no_two_ticks_say_the_same(values: list[float], kind: Kind) -> None:
    axis = drawn(values, kind)["axes"][0]
    assert axis["min"] <= min(0, *values) and axis["max"] >= max(0, *values)
    assert 0 in axis["places"]
    assert (axis["places"][0], axis["places"][-1]) == (axis["min"], axis["max"])
    assert len(axis["ticks"]) == len(axis["places"]) == len(set(axis["ticks"]))
    assert 2 <= len(axis["ticks"]) <= 7


def test_ticks_are_written_in_the_readers_language() -> None:
    found = {language: drawn([1_600_000], words=Words(language, "USD"))["axes"][0]["ticks"] for language in LANGUAGES}
    assert found == {
        "en": ["0", "500K", "1M", "1.5M", "2M"],
        "vi": ["0", "500\u00a0N", "1\u00a0Tr", "1,5\u00a0Tr", "2\u00a0Tr"],
        "am": ["0", "500\u00a0ሺ", "1\u00a0ሚ", "1.5\u00a0ሚ", "2\u00a0ሚ"],
    }
    assert drawn([0.0031], Kind.RATE)["axes"][0]["ticks"] == ["0.0%", "0.1%", "0.2%", "0.3%", "0.4%"]
    assert drawn([0.00031], Kind.RATE)["axes"][0]["ticks"] == ["0.00%", "0.01%", "0.02%", "0.03%", "0.04%"]


def test_values_and_their_texts_come_from_the_rows() -> None:
    found = drawn([Decimal("1234.50"), None, Decimal("0.00")], Kind.MONEY)
    assert found["categories"] == DAYS[:1] + DAYS[2:3]  # a row without a value has no place
    assert found["series"] == [
        {"name": "Value", "line": False, "axis": 0, "mark": False, "values": [1234.5, 0.0], "texts": ["1,234", "0"]}
    ]
    json.dumps(found)


def test_a_value_that_is_not_known_is_a_gap() -> None:
    chart = Chart("combined", "day", ["value", "rate"], lines=["rate"])
    found = drawn([3, None, 5], chart=chart)
    assert found["series"][0]["values"] == [3.0, None, 5.0]
    assert found["series"][0]["texts"] == ["3", "–", "5"]
    assert (found["series"][1]["line"], found["series"][1]["axis"], len(found["axes"])) == (True, 1, 2)


def test_a_period_that_is_not_over_is_marked_and_no_line_falls_into_it() -> None:
    assert drawn([3, 4, 1], chart=Chart("columns", "day", ["value"], open_row="is_open"))["open"] == [
        False,
        False,
        True,
    ]
    lines = drawn([3, 4, 1], chart=Chart("lines", "day", ["value"], open_row="is_open"))
    assert lines["series"][0]["values"] == [3.0, 4.0, None]


def test_rows_that_are_not_to_be_drawn_are_left_out_and_long_lists_are_cut() -> None:
    assert drawn([1, 2, 3], chart=Chart("bars", "day", ["value"], only="is_open"))["series"][0]["values"] == [3.0]
    assert drawn([1, 2, 3], chart=Chart("bars", "day", ["value"], most=2))["series"][0]["values"] == [1.0, 2.0]


def test_nothing_to_draw_is_no_picture() -> None:
    assert drawn([]) is None
    assert drawn([None, None]) is None


def test_a_small_line_goes_through_its_known_values() -> None:
    assert trend([1.0, 3.0, 2.0]) == "0.0,22.0 50.0,2.0 100.0,12.0"
    assert trend([1.0, None, 2.0]) == "0.0,22.0 100.0,2.0"
    assert trend([4.0, 4.0]) == "0.0,12.0 100.0,12.0"
    assert trend([1.0]) == trend([]) == trend([None, None]) == ""
