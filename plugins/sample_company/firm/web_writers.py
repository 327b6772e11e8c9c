"""Solarhof's exports about its website, in German: landing pages by day, and the searches of each month."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sample_company.firm import story, tools
from sample_company.firm.website import GA4, HOST, SEARCH, SearchDay, search_days, visit_days
from sample_company.world import World
from sample_company.writers.output import Output, csv_line, zip_files

_LANDING = ("Landingpage", "Sitzung – Standard-Channelgruppe", "Datum", "Sitzungen", "Sitzungen mit Interaktionen",
            "Schlüsselereignisse", "Gesamtumsatz")  # fmt: skip
_MEASURES = ("Klicks", "Impressionen", "CTR", "Position")
_RULE = "# ----------------------------------------"


def write(world: World, output: Output) -> None:
    """Every file about the website."""
    _landing_pages(world, output)
    _searches(world, output)


def _landing_pages(world: World, output: Output) -> None:
    at = story.exports(world)[1]
    with output.writing(output.folder(GA4, at) / "Landingpage.csv", exported=at) as target:
        for line in (
            _RULE, "# Landingpage", "# CSV-Export", "# Konto: Solarhof", f"# Property: {GA4.name}", _RULE, "# ",
            "# Alle Nutzer", f"# Startdatum: {world.start:%Y%m%d}", f"# Enddatum: {world.end:%Y%m%d}",
        ):  # fmt: skip
            target.text(line + "\n")
        target.text(csv_line(_LANDING))
        for one in visit_days(world):
            counts = (one.sessions, one.engaged, one.key_events)
            target.row(csv_line([one.page, one.channel, f"{one.day:%Y%m%d}", *map(str, counts), "0"]))


def _searches(world: World, output: Output) -> None:
    """One zip a month, of the last one also what was searched for abroad.

    The tables about the whole month come before the one that says which days they are about.
    """
    everything = list(search_days(world))
    for first, last in tools.months(world):
        days = [one for one in everything if first <= one.day <= last]
        made = story.local(last + timedelta(days=3), 8)
        _search_report(output, days, made, f"Datum,{first:%d.%m.%Y} – {last:%d.%m.%Y}\n")
    abroad = [one for one in days if one.country == "Österreich"]
    filters = f"Datum,{first:%d.%m.%Y} – {last:%d.%m.%Y}\nLand,Österreich\n"
    _search_report(output, abroad, story.newest_export(world), filters)


def _search_report(output: Output, days: list[SearchDay], made: datetime, filters: str) -> None:
    named = [one for one in days if one.query is not None]
    tables = (
        ("Suchanfragen.csv", _table("Häufigste Suchanfragen", named, lambda one: str(one.query))),
        ("Seiten.csv", _table("Häufigste Seiten", days, lambda one: HOST + one.page)),
        ("Länder.csv", _table("Land", days, lambda one: one.country)),
        ("Geräte.csv", _table("Gerät", days, lambda one: one.device)),
        (
            "Darstellung in der Suche.csv",
            _table("Darstellung in der Suche", named[:40], lambda _: "Rezensions-Snippet"),
        ),
        ("Diagramm.csv", _table("Datum", days, lambda one: one.day.isoformat())),
        ("Filter.csv", f"Filter,Wert\nSuchtyp,Web\n{filters}"),
    )
    path = output.folder(SEARCH, made) / f"{SEARCH.account_id}-Performance-on-Search-{made:%Y-%m-%d}.zip"
    zip_files(path, [(name, text.encode()) for name, text in tables], made)
    output.note(path, sum(text.count("\n") - 1 for _, text in tables), made)


def _table(title: str, days: Iterable[SearchDay], key: Callable[[SearchDay], str]) -> str:
    """Sums per key, most clicks first, the position weighted by impressions as the platform does."""
    sums: dict[str, tuple[int, int, float]] = {}
    for one in days:
        clicks, impressions, places = sums.get(key(one), (0, 0, 0.0))
        sums[key(one)] = (
            clicks + one.clicks, impressions + one.impressions, places + one.position * one.impressions
        )  # fmt: skip
    rows = [
        [name, str(clicks), str(impressions), f"{clicks / impressions:.2%}", f"{places / impressions:.2f}"]
        for name, (clicks, impressions, places) in sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
    ]
    return "".join(csv_line(row) for row in ([title, *_MEASURES], *rows))
