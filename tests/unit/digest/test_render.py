"""Names on the page come from anybody's files; whatever stands in them is text."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from funnelhouse.digest.facts import Change, Digest
from funnelhouse.digest.render import render
from funnelhouse.words import LANGUAGES, Words

HOSTILE = '<script>alert(1)</script> [x](http://a.example) | **b** `c`\n# d ![e](f) <img src=x onerror="y"> _g_'
DAY = date(2026, 10, 31)


def digest(name: str = HOSTILE, *, day: date = DAY, rows: int = 1) -> Digest:
    goal = {"goal_id": "G", "goal": name, "scope": name, "due": DAY, "actual": 1.0, "target": 2.5, "is_rate": False,
            "currency": None, "goal_status": "at_risk"}  # fmt: skip
    leak = {"from_stage": name, "to_stage": name, "dimension_type": "team", "dimension_value": name, "now": 0.25,
            "before": 0.5, "lost": Decimal(70)}  # fmt: skip
    stuck = {"stage": name, "campaign": name, "n_open": 4, "n_stuck": 3, "at_risk": None}
    advice = {"campaign": name, "lever": "message", "advice": "change", "best_variant": name, "worst_variant": name,
              "change": None, "effect": 12.0, "effect_low": 3.0, "effect_high": 20.0,
              "effect_unit": "clicks"}  # fmt: skip
    changes = [Change("Leads", False, Decimal(12), Decimal(8), True), Change("Revenue", True, Decimal(5), None, False)]
    counts = {"refused": 1, "suspended": 0, "unknown": 2, "checks": 0}
    return Digest(
        day, DAY, changes, [goal] * rows, [leak] * rows, [stuck] * rows, [advice] * rows,
        [{"what": name, "since": DAY}], counts,
    )  # fmt: skip


def empty() -> Digest:
    return Digest(DAY, DAY, [], [], [], [], [], [], dict.fromkeys(("refused", "suspended", "unknown", "checks"), 0))


class Tags(HTMLParser):
    """The tags of a page, each with its attributes, and what they are nested in."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_name_is_text_in_html(language: str) -> None:
    tags = Tags()
    tags.feed(render(digest(), Words(language, "USD"), "html"))
    assert tags.found == {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "section", "table",
                          "thead", "tbody", "tr", "th", "td", "ul", "li"}  # fmt: skip
    assert tags.attributes == {"lang", "charset", "name", "content", "aria-labelledby", "id", "scope", "class",
                               "data-label"}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_name_is_text_in_markdown(language: str) -> None:
    page = render(digest(), Words(language, "USD"), "md")
    calm = render(digest("Ann"), Words(language, "USD"), "md")
    assert [line.count("|") - line.count("\\|") for line in page.splitlines()] == [
        line.count("|") for line in calm.splitlines()
    ]
    for mark in ("<", "[", "](", "`", "*", "!["):
        assert not re.search(rf"(?<!\\){re.escape(mark[0])}", page.replace("\\" + mark[0], "")), mark


def test_the_page_says_what_is_known_and_what_may_be_chance() -> None:
    page = render(digest("Ann"), Words("en", "USD"), "md")
    assert "| Leads | 12 | 8 | +50.0% (may be chance) |" in page
    assert "| Revenue | 5 USD | – | – |" in page
    assert "| Ann → Ann | team: Ann | 25.0% | 50.0% | 70 USD |" in page
    assert "| Ann | Message | “Ann” instead of “Ann”: 12 more clicks (3 to 20) |" in page
    assert "- Files that were refused: 1" in page and "suspended" not in page


def test_long_lists_say_how_many_there_are_and_where() -> None:
    page = render(digest("Ann", rows=9), Words("en", "USD"), "md")
    assert page.count("| Ann (Ann) |") == 5
    assert "9 in all: marts.mart_goal_attainment" in page


def test_of_an_earlier_day_the_page_says_what_is_newer() -> None:
    earlier = render(digest(day=date(2026, 9, 30)), Words("en", "USD"), "md")
    assert "advice and caveats are as of Oct 31, 2026." in earlier
    assert "as of" not in render(empty(), Words("en", "USD"), "md")


@pytest.mark.parametrize("output", ["md", "html"])
def test_a_page_without_anything_to_say_says_so(output: str) -> None:
    page = render(empty(), Words("en", "USD"), output)
    for text in ("No numbers of these days are known.", "No goal is behind", "No step converts worse",
                 "Nobody is stuck", "Nothing is advised", "Every source is fresh and every check passed."):  # fmt: skip
        assert text in page
