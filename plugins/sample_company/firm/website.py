"""The website of Solarhof: visits by the page they began on, and how often it was found in searches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

from sample_company.chance import Chance
from sample_company.company import Account
from sample_company.firm.story import Contact
from sample_company.world import World

GA4 = Account("ga4", "417700921", "Solarhof Website", "Europe/Berlin", "EUR")
SEARCH = Account("search_console", "www.solarhof.example", "www.solarhof.example", "America/Los_Angeles", "EUR")
HOST = "https://www.solarhof.example"
PAGES = ("/", "/solardach", "/speicher", "/foerderung-2026")
CHANNELS = {"Organic Search": 9.0, "Direct": 4.0, "Paid Social": 6.0, "Email": 1.5, "Referral": 2.0}
"""Default channel group as GA4 writes it -> visits a day on the most visited page."""
QUERIES = {
    "solarhof bremen": 1.4,
    "solardach gewerbe": 11.0,
    "photovoltaik mieten firma": 17.5,
    "stromspeicher halle": 8.2,
}
"""Search -> its usual position. Rare searches are not named: they are in the days alone."""
DEVICES = ("Computer", "Mobil", "Tablet")
COUNTRIES = {"Deutschland": 36.0, "Österreich": 5.0}
"""Country of a search as Search Console writes it -> how often a search shows the site there on a day."""


@dataclass(frozen=True)
class VisitDay:
    """Visits of one day that began on one page, by channel."""

    day: date
    page: str
    channel: str
    sessions: int
    engaged: int
    key_events: int


@dataclass(frozen=True)
class SearchDay:
    """One search (None: the rare ones together) on one day in one country on one kind of device."""

    day: date
    query: str | None
    country: str
    device: str
    page: str
    clicks: int
    impressions: int
    position: float


def first_page(world: World, contact: Contact) -> str:
    """Path of the page a contact came to first; empty for people whom nobody met on the website."""
    if contact.source == "Offline Sources":
        return ""
    return Chance(world.seed, "firm first page", contact.number).pick(PAGES)


def visit_days(world: World) -> Iterator[VisitDay]:
    """Day by day; a page without visits of a channel has no row."""
    for day in world.days():
        for number, page in enumerate(PAGES):
            for channel, daily in CHANNELS.items():
                chance = Chance(world.seed, "firm visits", day, page, channel)
                sessions = chance.count(daily * world.scale / (1 + number))
                if sessions:
                    engaged = sum(chance.happens(0.6) for _ in range(sessions))
                    key_events = sum(chance.happens(0.1) for _ in range(engaged))
                    yield VisitDay(day, page, channel, sessions, engaged, key_events)


def search_days(world: World) -> Iterator[SearchDay]:
    """Day by day, search by search; what nobody saw has no row."""
    for day in world.days():
        for number, (query, usual) in enumerate([*QUERIES.items(), (None, 30.0)]):
            for (country, shown), device in product(COUNTRIES.items(), DEVICES):
                chance = Chance(world.seed, "firm searches", day, query, country, device)
                impressions = chance.count(shown * world.scale / (1 + DEVICES.index(device)))
                if impressions:
                    clicks = sum(chance.happens(0.5 / usual) for _ in range(impressions))
                    position = max(1.0, round(usual * chance.within(0.8, 1.2), 2))
                    page = PAGES[number % len(PAGES)]
                    yield SearchDay(day, query, country, device, page, clicks, impressions, position)
