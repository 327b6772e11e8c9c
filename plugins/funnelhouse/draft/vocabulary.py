"""What header labels mean, learnt from every contract: label -> column of an entity, exactly, by word or likeness."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files

import yaml

from funnelhouse.contracts.entities import entities
from funnelhouse.contracts.expressions import Expression
from funnelhouse.contracts.schema import Contract, Output
from funnelhouse.text import label_key

EXACT, NAMED, WORD, LIKE = 1.0, 0.95, 0.7, 0.45
"""Confidence: a label of a contract, the column's own name, a common word, a similar label."""
LIKENESS = 0.86
NAMED_BONUS = 0.05
"""A label that a contract knows and that is also the column's own name leaves no doubt."""
_CURRENCY = re.compile(r"[\s(\[_-]*\b(?P<code>[A-Z]{3})\b[\s)\]]*$")


@dataclass(frozen=True)
class Meaning:
    """One reading of a label. `metric` and `scope` are set where each column of the export becomes rows of its own."""

    entity: str
    column: str
    confidence: float
    known_from: str
    metric: str = ""
    scope: str = ""


@dataclass
class Vocabulary:
    """Labels of all contracts by key, and their patterns."""

    exact: dict[str, list[Meaning]] = field(default_factory=dict)
    patterns: list[tuple[re.Pattern[str], Meaning]] = field(default_factory=list)

    def meanings(self, label: str) -> list[Meaning]:
        """Every reading of a label, one per entity and column, the surest first."""
        key, bare = label_key(label), bare_key(label)
        found: dict[tuple[str, str, str], Meaning] = {}
        for meaning in [*self.exact.get(key, ()), *self._by_pattern(label), *self.exact.get(bare, ()), *_named(bare),
                        *_words(bare)]:  # fmt: skip
            named = meaning.column.replace("_", " ") == bare or meaning.metric.replace("_", " ") == bare
            _keep(found, _as(meaning, meaning.confidence + NAMED_BONUS, meaning.known_from) if named else meaning)
        if not found:
            for meaning in self._alike(bare):
                _keep(found, meaning)
        return sorted(found.values(), key=lambda meaning: (-meaning.confidence, meaning.entity, meaning.column))

    def _by_pattern(self, label: str) -> list[Meaning]:
        text = " ".join(label.split())
        return [meaning for pattern, meaning in self.patterns if pattern.fullmatch(text)]

    def _alike(self, bare: str) -> list[Meaning]:
        found = []
        if len(bare) < 4:
            return []
        for key, meanings in self.exact.items():
            if abs(len(key) - len(bare)) <= 4 and SequenceMatcher(None, bare, key).ratio() >= LIKENESS:
                found += [_as(meaning, LIKE, f"resembles {key!r}") for meaning in meanings]
        for word, columns in _word_lists().items():
            if abs(len(word) - len(bare)) <= 4 and SequenceMatcher(None, bare, word).ratio() >= LIKENESS:
                found += [_as(meaning, LIKE, f"resembles {word!r}") for column in columns for meaning in _of(column)]
        return found


def vocabulary(contracts: Iterable[Contract]) -> Vocabulary:
    """Everything the contracts that load something know about labels."""
    made = Vocabulary()
    for contract in contracts:
        if contract.refuse is not None:
            continue
        for name, spec in contract.fields.items():
            for meaning in _meanings_of(contract, name):
                for label in spec.all_labels():
                    if label.startswith("~"):
                        made.patterns.append((re.compile(label[1:], re.IGNORECASE), meaning))
                    else:
                        made.exact.setdefault(label_key(label), []).append(meaning)
    return made


def _meanings_of(contract: Contract, name: str) -> list[Meaning]:
    found = []
    for output in contract.outputs:
        entity = entities()[output.entity]
        if entity.column(name) and name not in output.columns and not _is_name_of_another(entity.name, name):
            found.append(Meaning(entity.name, name, EXACT, contract.contract))
        for column, expression in output.columns.items():
            if _first_field(expression) == name and not _is_name_of_another(entity.name, column):
                found.append(Meaning(entity.name, column, EXACT, contract.contract))
        found += [made for made in _unpivoted(contract, output, name)]
    return found


def _is_name_of_another(entity: str, column: str) -> bool:
    """Columns whose expressions are rules of a platform rather than the cell of a label."""
    return column in ("metric", "scope", "value", "level", "breakdown") or (entity, column) == (
        "social_posts",
        "platform",
    )


def _unpivoted(contract: Contract, output: Output, name: str) -> list[Meaning]:
    if output.unpivot is None or output.entity != "social_daily":
        return []
    return [
        Meaning(output.entity, "value", EXACT, contract.contract, item.set.get("metric", ""), item.set.get("scope", ""))
        for item in output.unpivot.fields
        if item.field == name and "metric" in item.set
    ]


def _first_field(expression: Expression) -> str | None:
    if isinstance(expression, str):
        return expression
    for verb in ("coalesce", "first_present"):
        if verb in expression and isinstance(expression[verb], list) and isinstance(expression[verb][0], str):
            return str(expression[verb][0])
    return None


def _keep(found: dict[tuple[str, str, str], Meaning], meaning: Meaning) -> None:
    key = (meaning.entity, meaning.column, meaning.metric)
    if key not in found or found[key].confidence < meaning.confidence:
        found[key] = meaning


def _as(meaning: Meaning, confidence: float, why: str) -> Meaning:
    return Meaning(meaning.entity, meaning.column, confidence, why, meaning.metric, meaning.scope)


def _named(bare: str) -> list[Meaning]:
    column = bare.replace(" ", "_").replace("-", "_")
    return [_as(meaning, NAMED, f"the column is called {column}") for meaning in _of(column)]


def words_of(label: str) -> list[str]:
    """Canonical columns that the label is a common word for."""
    bare = bare_key(label)
    return [*_word_lists().get(bare, ()), *_word_lists().get(bare.removesuffix(" name"), ())]


def _words(bare: str) -> list[Meaning]:
    return [
        _as(meaning, WORD, f"{bare!r} is a word for {column}") for column in words_of(bare) for meaning in _of(column)
    ]


def _of(column: str) -> list[Meaning]:
    """A canonical column in every entity that has it; `followers` and the like are metrics of a page's day."""
    found = [Meaning(entity.name, column, 0, "") for entity in entities().values() if entity.column(column)]
    if column in ("period_start", "period_end"):
        found += [Meaning(entity.name, column, 0, "") for entity in entities().values() if entity.period_twin]
    if column == "account_id":
        found = [Meaning(name, column, 0, "") for name in entities()]
    if column in ("impressions", "reach", "clicks", "reactions", "comments", "shares", "followers", "video_views",
                  "engagements"):  # fmt: skip
        found.append(Meaning("social_daily", "value", 0, "", column, "total"))
    return found


@cache
def _word_lists() -> dict[str, list[str]]:
    """Word -> canonical columns."""
    document = yaml.safe_load(files(__package__).joinpath("words.yml").read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    for column, words in document.items():
        for word in words:
            found.setdefault(bare_key(str(word)), []).append(column)
    return found


def bare_key(label: str) -> str:
    """The label's words alone: without case, currency, unit signs and punctuation."""
    key = label_key(currency_in(label)[1])
    key = re.sub(r"[_./\\:;#%*'\"()\[\]\u2013\u2014-]+", " ", key)
    return " ".join(key.split())


@cache
def _codes() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


def currency_in(label: str) -> tuple[str | None, str]:
    """Currency code at the end of a label, and the label without it: `Spent (EUR)` is EUR and `Spent`."""
    match = _CURRENCY.search(label.strip())
    if match and match["code"] in _codes() and match.start() > 0:
        return match["code"], label.strip()[: match.start()]
    return None, label
