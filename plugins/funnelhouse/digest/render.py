"""The digest as Markdown and as one HTML file that loads nothing. Names come from anybody's files: all are escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from funnelhouse.digest.facts import SHOWN, WINDOW_DAYS, Change, Digest
from funnelhouse.words import UNKNOWN, Words

LABELS = {
    "behind": "behind", "at_risk": "at risk", "missed": "missed",
    "budget": "Budget", "message": "Message", "audience": "Audience", "distribution_channel": "Distribution channel",
    "clicks": "clicks", "conversions": "conversions", "customers": "customers", "won deals": "won deals",
    "(none)": "no campaign", "all": "all", "channel": "channel", "campaign": "campaign", "source": "source",
    "region": "region", "segment": "segment", "owner": "owner", "team": "team",
}  # fmt: skip
"""Words of the marts -> their English texts; what stands nowhere here is a name and stays as it is."""


@dataclass(frozen=True)
class Column:
    """A column of a table; figures stand on the right."""

    name: str
    is_figure: bool = False


@dataclass(frozen=True)
class Section:
    """A table of the page: the first rows, what to say without any, and where to find the others."""

    key: str
    title: str
    columns: list[Column]
    rows: list[list[str]]
    empty: str
    more: str | None
    tones: Sequence[str] = ()
    """A word per row for its colour; the word stands in the last cell, too."""


def _plain(value: Any) -> str:
    """A value as text of Markdown: nothing in it is a link, an image, a tag, a heading or a cell's end."""
    text = re.sub(r"\s+", " ", str(value)).strip()
    return re.sub(r"[\\`*\[\]<>|#~!&]|\b_|_\b|(?<!\w)_", r"\\\g<0>", text)


_LOADER = PackageLoader("funnelhouse.digest")
_HTML = Environment(
    loader=_LOADER, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)  # fmt: skip
_MARKDOWN = Environment(  # noqa: S701 (_plain escapes what Markdown gives a meaning)
    loader=_LOADER, finalize=_plain, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def render(digest: Digest, words: Words, output: str) -> str:
    """The page in one language: `md` or `html`."""
    environment = _HTML if output == "html" else _MARKDOWN
    page = environment.get_template(f"digest.{output}.j2").render(
        digest=digest, words=words, say=words.text, sections=_sections(digest, words), caveats=_caveats(digest, words)
    )
    return re.sub(r"\n{3,}", "\n\n", page).strip() + "\n"


def _sections(digest: Digest, words: Words) -> list[Section]:
    say = words.text
    return [
        Section(
            "changed", say("What changed"),
            [Column(say("Number")), Column(say("Last {days} days", days=WINDOW_DAYS), True),
             Column(say("{days} days before", days=WINDOW_DAYS), True), Column(say("Change"), True)],
            [[say(one.name), _value(one, one.now, words), _value(one, one.before, words), _change(one, words)]
             for one in digest.changes],
            say("No numbers of these days are known."), None,
        ),
        _table(
            digest.goals, "goals", say("Goals at risk"),
            [Column(say("Goal")), Column(say("Due")), Column(say("Actual"), True), Column(say("Target"), True),
             Column(say("Status"))],
            lambda row: [
                row["goal"] if row["scope"] == "company" else f"{row['goal']} ({row['scope']})",
                words.day(row["due"]), words.goal_value(row, row["actual"]), words.goal_value(row, row["target"]),
                _label(row["goal_status"], words),
            ],
            say("No goal is behind, at risk or newly missed."),
            lambda count: say("{count} in all: marts.mart_goal_attainment", count=count),
            tones=[row["goal_status"] for row in digest.goals],
        ),
        _table(
            digest.leaks, "leaks", say("Leaks"),
            [Column(say("Step")), Column(say("Where")), Column(say("Now"), True), Column(say("Before"), True),
             Column(say("Lost value"), True)],
            lambda row: [f"{row['from_stage']} → {row['to_stage']}", _place(row, words), words.share(row["now"]),
                         words.share(row["before"]), words.money(row["lost"])],
            say("No step converts worse than before."),
            lambda count: say("{count} in all: marts.mart_funnel_bottleneck", count=count),
        ),
        _table(
            digest.stuck, "stuck", say("Stuck leads and deals"),
            [Column(say("Stage")), Column(say("Campaign")), Column(say("Stuck"), True), Column(say("Open"), True),
             Column(say("Value at risk"), True)],
            lambda row: [row["stage"], _label(row["campaign"] or UNKNOWN, words), words.number(row["n_stuck"]),
                         words.number(row["n_open"]), words.money(row["at_risk"])],
            say("Nobody is stuck."),
            lambda count: say("{count} in all: marts.mart_stuck_leads", count=count),
        ),
        _table(
            digest.advice, "advice", say("What to do"),
            [Column(say("Campaign")), Column(say("Lever")), Column(say("Advice"))],
            lambda row: [row["campaign"], _label(row["lever"], words), _effect(row, words)],
            say("Nothing is advised: marts.mart_recommendation says what is missing."),
            lambda count: say("{count} in all: marts.mart_recommendation", count=count),
        ),
    ]  # fmt: skip


def _table(
    rows: list[dict[str, Any]], key: str, title: str, columns: list[Column],
    cells: Callable[[dict[str, Any]], list[str]], empty: str, more: Callable[[int], str], tones: Sequence[str] = (),
) -> Section:  # fmt: skip
    shown = [cells(row) for row in rows[:SHOWN]]
    return Section(key, title, columns, shown, empty, more(len(rows)) if len(rows) > SHOWN else None, tones)


def _caveats(digest: Digest, words: Words) -> list[str]:
    """What a reader should know before believing the numbers."""
    counts = {
        "refused": "Files that were refused: {count}",
        "suspended": "Files that do not count until somebody decides: {count}",
        "unknown": "Values that no rule knows: {count}",
        "checks": "Checks that found something: {count}",
    }
    stale = [
        words.text("{source} has told nothing since {day}", source=row["what"].strip(), day=words.day(row["since"]))
        for row in digest.stale[:SHOWN]
    ]
    return stale + [
        words.text(text, count=words.number(digest.counts[name]))
        for name, text in counts.items()
        if digest.counts[name]
    ]


def _label(name: str, words: Words) -> str:
    return words.text(LABELS[name]) if name in LABELS else name


def _value(change: Change, number: Any, words: Words) -> str:
    return words.money(number) if change.is_money else words.number(number)


def _change(change: Change, words: Words) -> str:
    if change.share is None:
        return UNKNOWN
    said = ("+" if change.share > 0 else "") + words.share(change.share)
    return f"{said} ({words.text('may be chance')})" if change.is_noise and change.share else said


def _place(row: dict[str, Any], words: Words) -> str:
    """Where a step leaks: everywhere, or for one value of a dimension."""
    if row["dimension_type"] == "all":
        return words.text("all")
    return f"{_label(row['dimension_type'], words)}: {row['dimension_value']}"


def _effect(row: dict[str, Any], words: Words) -> str:
    """What a piece of advice is expected to bring, with its interval."""
    low, middle, high = (row[name] for name in ("effect_low", "effect", "effect_high"))
    if row["lever"] == "budget":
        return words.text(
            "{change} a week: {effect} revenue a week ({low} to {high})",
            change=words.money(row["change"], is_change=True),
            effect=words.money(middle),
            low=words.money(low),
            high=words.money(high),
        )
    return words.text(
        "“{best}” instead of “{worst}”: {effect} more {unit} ({low} to {high})",
        best=row["best_variant"],
        worst=row["worst_variant"],
        effect=words.number(middle),
        low=words.number(low),
        high=words.number(high),
        unit=_label(row["effect_unit"], words),
    )
