"""What a page is made from: the version, the reader's filters and language; and the parts that pages share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from funnelhouse.pages.filters import Filters
from funnelhouse.pages.labels import LABELS
from funnelhouse.pages.parts import N_, Card, Choice, Failed
from funnelhouse.pages.warehouse import Warehouse
from funnelhouse.words import Words

SHOWN = 15
"""Rows of a long list on a page; the file of the table has all of them."""
MODELS = (
    "linear", "first_touch", "last_touch", "last_non_direct", "position_40_20_40", "u_shaped", "w_shaped", "full_path",
    "time_decay", "markov", "shapley", "crm",
)  # fmt: skip
"""Attribution models in the order people know them; those with points follow."""


@dataclass(frozen=True)
class Ask:
    """One request. `all_rows`: every row of a list, for its file; a page shows the first."""

    data: Warehouse
    filters: Filters
    words: Words
    all_rows: bool = False

    def say(self, english: str, **values: object) -> str:
        """A text in the reader's language."""
        return self.words.text(english, **values)

    def shown(self, rows: list[dict[str, Any]], most: int = SHOWN) -> tuple[list[dict[str, Any]], int | None]:
        """The first rows, and how many there are if that is more."""
        if self.all_rows or len(rows) <= most:
            return rows, None
        return rows[:most], len(rows)

    def known_rows(self, sql: str) -> list[dict[str, Any]]:
        """What a filter offers; nothing if the version has no such table, which the part that reads it then says."""
        try:
            return self.data.rows(sql)
        except duckdb.CatalogException:
            return []

    def tried(self, key: str, title: str, make: Callable[[], Card]) -> Card:
        """The part, or what is wrong with its mart: a mart that is missing or older takes no other part with it."""
        try:
            return make()
        except duckdb.Error as error:
            return Failed(key, self.say(title), str(error).split("\n", 1)[0])


def model_choice(ask: Ask, mart: str) -> tuple[str, Choice]:
    """The attribution model chosen among those the mart has; linear unless another is asked for."""
    there = {row["model"] for row in ask.data.rows(f"select distinct model from marts.{mart}")}
    models = [name for name in MODELS if name in there] + sorted(there - set(MODELS))
    chosen = ask.filters.known("model", models, "linear" if "linear" in there else next(iter(models), ""))
    values = [(name, ask.say(LABELS[name]) if name in LABELS else name) for name in models]
    return chosen, Choice("model", ask.say(N_("Attribution model")), values, [chosen])


def month_choice(ask: Ask, mart: str, where: str) -> tuple[Any, Choice]:
    """The month chosen among those of the mart; unless another is asked for, the newest that is over."""
    months = [
        row["month_start"]
        for row in ask.data.rows(
            f"select distinct month_start from marts.{mart} where {where} order by month_start desc limit 36"
        )
    ]
    as_of = ask.data.as_of
    over = [month for month in months if (month.year, month.month) < (as_of.year, as_of.month)]
    default = next(iter(over or months), None)
    chosen = ask.filters.known("period", [str(month) for month in months], str(default or ""))
    month = next((month for month in months if str(month) == chosen), default)
    values = [(str(one), ask.words.month(one)) for one in months]
    return month, Choice("period", ask.say(N_("Month")), values, [chosen])


def off(ask: Ask, name: str, label: str, why: str) -> Choice:
    """A filter that this page cannot honour, with the reason."""
    return Choice(name, ask.say(label), off=ask.say(why))


def matching(rows: Sequence[dict[str, Any]], text: str, *keys: str) -> list[dict[str, Any]]:
    """Rows with the text in one of the columns, whatever its capitals and accents."""
    if not text:
        return list(rows)
    wanted = plain(text)
    return [row for row in rows if any(wanted in plain(str(row.get(key) or "")) for key in keys)]


def plain(text: str) -> str:
    """A text without capitals and accents, so that a search finds Vietnamese names typed without them."""
    import unicodedata

    spread = unicodedata.normalize("NFD", text.casefold())
    return "".join(one for one in spread if not unicodedata.combining(one)).replace("đ", "d")
