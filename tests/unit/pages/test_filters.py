"""What a reader asks for: what is not understood, not known or not sane falls back to the default."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from funnelhouse.pages.filters import LONGEST, MOST, Filters, read_filters

INJECTIONS = (
    "'; drop table marts.mart_goal_attainment; --", "1 or 1=1", "../../etc/passwd", "<script>alert(1)</script>",
    "$month", "{name}", "%00", "' union select password from users --",
)  # fmt: skip


def test_values_are_read_by_filter_in_the_order_given() -> None:
    filters = read_filters(
        [("channel", "Email"), ("period", "last_30_days"), ("channel", "Paid Search"), ("lang", "vi")]
    )
    assert filters.language == "vi"
    assert filters.many("channel") == ["Email", "Paid Search"]
    assert (filters.one("period"), filters.one("team"), filters.many("team")) == ("last_30_days", "", [])


@pytest.mark.parametrize("language", ["de", "EN", "", "../vi", "vi'; --"])
def test_an_unknown_language_is_english(language: str) -> None:
    assert read_filters([("lang", language)]).language == "en"


def test_filters_that_do_not_exist_are_left_out() -> None:
    assert read_filters([("secret", "1"), ("Period", "x"), ("__class__", "x")]) == Filters()


def test_values_that_are_empty_or_too_long_and_too_many_of_them_are_left_out() -> None:
    filters = read_filters([("team", ""), ("team", "  "), ("team", "x" * (LONGEST + 1)), ("team", "x" * LONGEST)])
    assert filters.many("team") == ["x" * LONGEST]
    assert len(read_filters([("channel", str(number)) for number in range(MOST * 3)]).many("channel")) == MOST


def test_control_characters_are_taken_out() -> None:
    assert read_filters([("q", "rev\x00en\r\nue\x1b")]).one("q") == "revenue"


@pytest.mark.parametrize("value", [*INJECTIONS, "Retention", "last_30_day"])
def test_what_is_none_of_the_known_values_is_the_default(value: str) -> None:
    assert read_filters([("model", value)]).known("model", ["linear", "markov"], "linear") == "linear"


def test_one_of_the_known_values_is_taken() -> None:
    assert read_filters([("model", "markov")]).known("model", ["linear", "markov"], "linear") == "markov"


@pytest.mark.parametrize("value", [*INJECTIONS, "a&b=c#d", "Tết 2026", "ዓመት", "50 % off"])
def test_an_address_made_of_filters_gives_the_same_filters(value: str) -> None:
    filters = read_filters([("lang", "am"), ("channel", "Email"), ("channel", value), ("q", value)])
    query = filters.query()
    assert not set(query) & set("<>\"'# ")
    assert read_filters(parse_qsl(query.removeprefix("?"))) == filters


def test_one_filter_of_an_address_is_changed_and_the_others_stay() -> None:
    filters = read_filters([("lang", "vi"), ("period", "last_7_days")])
    assert filters.query(period="last_30_days") == "?lang=vi&period=last_30_days"
    assert filters.query(lang="") == "?period=last_7_days"
    assert Filters().query() == ""
