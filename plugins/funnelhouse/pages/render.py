"""A page as HTML. Names come from anybody's files: everything is escaped, and nothing is loaded from elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from funnelhouse.pages.ask import Ask
from funnelhouse.pages.catalogue import PAGES, Entry
from funnelhouse.pages.charts import picture, trend
from funnelhouse.pages.library import MISSING, PLACE
from funnelhouse.pages.links import Links
from funnelhouse.pages.parts import N_, Card, Grid, Page, Table, Tile, Tiles
from funnelhouse.pages.say import Cell, cell, cells, short, write
from funnelhouse.words import LANGUAGES, Words

STATIC = Path(__file__).parent / "static"
LANGUAGE_NAMES = {"en": "English", "vi": "Tiếng Việt", "am": "አማርኛ"}

_ENVIRONMENT = Environment(
    loader=PackageLoader("funnelhouse.pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip


@dataclass(frozen=True)
class Definition:
    """What a column says: its label here, name in the mart, meaning and formula."""

    label: str
    column: str
    meaning: str
    formula: str


@dataclass(frozen=True)
class Shown:
    """A part of a page, written for the template."""

    card: Card
    kind: str
    heads: list[str]
    rows: list[list[Cell]]
    total: list[Cell]
    chart: str
    definitions: list[Definition]


def render_page(entry: Entry, ask: Ask, links: Links, *, scripts: str = "") -> str:
    """The whole page. `scripts`: the drawing library itself, for a file that stands alone; empty: by its address."""
    page = entry.build(ask)
    titles = {one.name: ask.say(one.title) for one in PAGES}
    shown = [_shown(card, ask) for card in page.cards]
    return _ENVIRONMENT.get_template("page.html.j2").render(
        entry=entry, page=page, cards=shown, ask=ask, links=links, say=ask.words.text, words=ask.words, pages=PAGES,
        titles=titles, languages=[(name, LANGUAGE_NAMES[name]) for name in LANGUAGES], troubles=_troubles(page, ask),
        has_charts=any(one.chart for one in shown), lacking="" if PLACE.exists() else ask.say(MISSING),
        scripts=Markup(scripts),  # noqa: S704 (our own and the library's)
        style=Markup(static("pages.css")), code=Markup(static("pages.js")),  # noqa: S704
        tile_value=lambda tile: short(tile.kind, tile.value, ask.words),
        tile_change=lambda tile: _change(tile, ask.words), trend=trend,
        before=lambda tile: short(tile.kind, tile.before, ask.words),
    )  # fmt: skip


def render_state(words: Words, title: str, lines: list[str]) -> str:
    """A page that only says something: nothing published, the version is gone."""
    return _ENVIRONMENT.get_template("state.html.j2").render(
        words=words,
        title=title,
        lines=lines,
        user="",
        style=Markup(static("pages.css")),  # noqa: S704
    )


def render_login(words: Words, user: str, wrong: str) -> str:
    """The form of the login; `wrong` says what was wrong with the last try."""
    return _ENVIRONMENT.get_template("state.html.j2").render(
        words=words, title=words.text(N_("Log in to see the numbers")), lines=[wrong] if wrong else [], user=user,
        style=Markup(static("pages.css")),  # noqa: S704
    )  # fmt: skip


@cache
def static(name: str) -> str:
    """A file of ours that every page needs."""
    return (STATIC / name).read_text(encoding="utf-8")


def _shown(card: Card, ask: Ask) -> Shown:
    words = ask.words
    if not isinstance(card, Table):
        return Shown(card, type(card).__name__.lower(), [], [], [], "", _defined(card, ask))
    written = [cells(column, list(card.rows), words) for column in card.columns]
    rows = [list(row) for row in zip(*written, strict=True)] if card.rows else []
    total = [cell(column, card.total, words) for column in card.columns] if card.total else []
    chart = picture(card, words)
    return Shown(
        card, "table", [words.text(column.label) for column in card.columns], rows, total,
        _safe(chart) if chart else "", _defined(card, ask),
    )  # fmt: skip


def _safe(document: dict[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def _defined(card: Card, ask: Ask) -> list[Definition]:
    """Meaning of each column of a table, from the dictionary that is published with it."""
    if isinstance(card, Tiles):
        named = {(tile.source, tile.column): tile.label for tile in card.tiles}
        pairs = [(label, source, column) for (source, column), label in named.items()]
    elif isinstance(card, Grid):
        pairs = [(card.title, card.source, card.column)]
    elif isinstance(card, Table):
        pairs = [(ask.say(column.label), card.source, column.column) for column in card.columns if column.column]
    else:
        return []
    found = []
    for label, source, column in pairs:
        mart, name = column.rsplit(".", 1) if "." in column else (source, column)
        facts = ask.data.described(mart.rsplit(".", 1)[-1]).get(name)
        if facts:
            found.append(Definition(label, f"{mart}.{name}", facts["description"] or "", facts["formula"] or ""))
    return list({(one.label, one.column): one for one in found}.values())


def _troubles(page: Page, ask: Ask) -> list[tuple[str, str]]:
    """What to know before reading, as grade and sentence; the worst first."""
    say, words = ask.say, ask.words
    found = [
        (one.grade, say(N_("{table}: {check}. {why}"), table=one.mart, check=one.what, why=one.why))
        for one in ask.data.troubles(page.marts)
    ]
    if ask.data.refused_build:
        moment = datetime.fromisoformat(ask.data.refused_build)
        found.append(
            (
                "fail",
                say(
                    N_("A newer build ({moment}) broke its checks and is not published; these numbers are older."),
                    moment=words.moment(moment),
                ),
            )
        )
    if page.marts:
        stale = ask.data.stale
        found += [
            ("warn", say(N_("{source} has no data after {day}."), source=row["what"],
                         day=words.day(row["last_data_on"])))
            for row in stale[:3]
        ]  # fmt: skip
        if len(stale) > 3:
            found.append(("warn", say(N_("{count} more sources are behind."), count=words.number(len(stale) - 3))))
        found += [
            ("warn", say(N_("File {file} does not count: {why}"), file=row["file_name"], why=row["standing_reason"]))
            for row in ask.data.suspended[:3]
        ]
        if ask.data.refused:
            found.append(("note", say(N_("Files refused: {count}. Page Data quality says why."),
                                      count=words.number(ask.data.refused))))  # fmt: skip
    return sorted(found, key=lambda one: ("fail", "warn", "note").index(one[0]))


def _change(tile: Tile, words: Words) -> tuple[str, str]:
    """How a tile changed, and whether that is good, bad or neither; empty if it is not known."""
    if tile.change is None:
        return "", ""
    said = write(tile.kind, tile.change, words, change=True)
    if tile.change_share is not None:
        share = words.share(tile.change_share)
        said = f"{said} ({'+' if tile.change_share > 0 else ''}{share})"
    if tile.is_noise or not tile.change or tile.good is None:
        return said, ""
    return said, "good" if (tile.change > 0) == (tile.good == "up") else "bad"
