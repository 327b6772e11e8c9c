"""Every text of a page has its words in each language, and no catalogue has a text that nothing says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
import yaml
from babel.messages.pofile import read_po

from funnelhouse.digest.facts import METRICS
from funnelhouse.digest.render import LABELS
from funnelhouse.pages.labels import LABELS as WORDS_OF_MARTS
from funnelhouse.settings import REPOSITORY
from funnelhouse.words import LANGUAGES, Words, catalogue_paths

LIBRARY = REPOSITORY / "plugins" / "funnelhouse"
SAYING = {"say", "text", "N_"}
"""Names of the functions whose first argument is a text for people."""


def metric_labels() -> set[str]:
    """Labels of the metrics of the glossary (dim_metric)."""
    labels = set()
    for path in (REPOSITORY / "dbt_project" / "models" / "marts" / "overview").glob("_metrics_*.yml"):
        metrics = yaml.safe_load(path.read_text(encoding="utf-8"))["metrics"]
        labels |= {metric["label"] for metric in metrics if "config" in metric}
    return labels


def trust_reasons() -> set[str]:
    """Texts of mart_metric_trust.reason."""
    sql = REPOSITORY / "dbt_project" / "models" / "marts" / "overview" / "mart_metric_trust.sql"
    return set(re.findall(r"(?:then|else) '([A-Z][^']+)'", sql.read_text(encoding="utf-8")))


def said() -> set[str]:
    """Every English text in the code and the templates of the pages, labels of metrics and why they are trusted."""
    labels = metric_labels()
    assert set(METRICS.values()) < labels
    assert trust_reasons() < set(WORDS_OF_MARTS) and len(trust_reasons()) == 6
    texts = {*labels, *LABELS.values(), *WORDS_OF_MARTS.values(), "Ad spend"}
    for path in [*LIBRARY.glob("digest/*.py"), *LIBRARY.glob("pages/**/*.py"), LIBRARY / "words.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            texts |= set(_said_by(node)) if isinstance(node, ast.Call) else set()
        texts |= set(re.findall(r'"(?:\w+)": "([^"]+: \{count\})"', path.read_text(encoding="utf-8")))
    for path in [*LIBRARY.glob("digest/templates/*.j2"), *LIBRARY.glob("pages/templates/*.j2")]:
        found = re.findall(r"""\b(?:say|words\.text)\(\s*(?:"([^"]+)"|'([^']+)')""", path.read_text(encoding="utf-8"))
        texts |= {one or other for one, other in found}
    return texts


def _said_by(call: ast.Call) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    first = call.args[0] if call.args else None
    for part in [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]:
        if name in SAYING and isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def catalogue(language: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in catalogue_paths(language):
        with path.open("rb") as file:
            found = {str(message.id): str(message.string) for message in read_po(file) if message.id}
        assert not set(found) & set(texts), f"{path.name} repeats texts of another catalogue"
        texts |= found
    return texts


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_no_word_is_missing_and_none_is_unused(language: str) -> None:
    translated = catalogue(language)
    assert len(said()) > 60
    assert set(translated) == said()
    for english, text in translated.items():
        assert text, f"{english!r} has no translation"
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", english)), english


def test_numbers_money_shares_and_days_are_written_as_in_the_language() -> None:
    found = {
        language: (
            words.number(Decimal("1234567.8"), 1), words.money(1234.56), words.money(-50, "VND", is_change=True),
            words.share(0.256), words.day(date(2026, 10, 3)),
        )
        for language in LANGUAGES
        for words in [Words(language, "EUR")]
    }  # fmt: skip
    assert found == {
        "en": ("1,234,567.8", "1,235 EUR", "-50 VND", "25.6%", "Oct 3, 2026"),
        "vi": ("1.234.567,8", "1.235 EUR", "-50 VND", "25,6%", "3 thg 10, 2026"),
        "am": ("1,234,567.8", "1,235 EUR", "-50 VND", "25.6%", "3 ኦክቶ 2026"),
    }


def test_what_nobody_knows_is_a_dash() -> None:
    words = Words("en", "USD")
    assert {words.number(None), words.money(None), words.share(None), words.day(None)} == {"–"}
    assert words.goal_value({"is_rate": True, "currency": None}, None) == "–"
