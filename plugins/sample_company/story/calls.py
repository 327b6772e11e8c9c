"""The telephone calls of the sales team."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sample_company.chance import Chance
from sample_company.company import REPS, Rep
from sample_company.people import Person, person
from sample_company.world import DAY, World, midnight

_CALLER_NUMBERS = 90_000_000
"""Callers are numbered far from the leads, so that they are other people."""

LINES = {"Sales AMER": "Sales US", "Sales EMEA": "Vertrieb DE", "Sales APAC": "Sales VN"}
ZONES = {"Sales AMER": "America/New_York", "Sales EMEA": "Europe/Berlin", "Sales APAC": "Asia/Ho_Chi_Minh"}
_MARKET = {"Sales AMER": "US", "Sales EMEA": "DE", "Sales APAC": "VN"}
_FIRST_HOUR = {"Sales AMER": 14, "Sales EMEA": 7, "Sales APAC": 1}


@dataclass(frozen=True)
class Call:
    """One call; `rep` None: nobody was assigned. Not answered: no talk."""

    team: str
    rep: Rep | None
    started_at: datetime
    inbound: bool
    answered: bool
    missed_reason: str
    ringing_seconds: int
    talk_seconds: int
    other: Person


def callers(world: World) -> list[Person]:
    """Everybody who telephones with the sales team."""
    return [
        person(world.seed, _CALLER_NUMBERS + index * 100 + number, market)
        for index, market in enumerate(("US", "DE", "VN"))
        for number in range(40)
    ]


def calls(world: World, first: date, last: date) -> Iterator[Call]:
    """The calls of the UTC days `first` to `last` in order of day and representative."""
    known = callers(world)
    halfway = world.start + (world.end - world.start) / 2
    day = first - DAY
    while day < last:
        day += DAY
        if day.weekday() >= 5:
            continue
        for rep in REPS:
            if not rep.active and day >= halfway:
                continue
            chance = Chance(world.seed, "calls", rep.name, day)
            second = 0
            for _ in range(chance.count(2.6 * world.scale * world.growth(day))):
                second += chance.between(240, 2_400) if world.scale <= 5 else chance.between(1, 30)
                yield _call(chance, rep, day, second, known)


def _call(chance: Chance, rep: Rep, day: date, second: int, known: list[Person]) -> Call:
    market = ("US", "DE", "VN").index(_MARKET[rep.team])
    inbound = chance.happens(0.35)
    answered = chance.happens(0.62)
    reason = ""
    assigned: Rep | None = rep
    if not answered and inbound:
        reason = chance.pick(("no_available_agent", "out_of_opening_hours", "short_abandoned"))
        assigned = None
    talk = 30 + int(chance.waiting(260)) if answered else 0
    if answered and chance.happens(0.0008):
        talk = 15_300  # a receiver that was not put down
    started = midnight(day) + timedelta(hours=_FIRST_HOUR[rep.team], seconds=min(second, 30_000))
    return Call(
        rep.team,
        assigned,
        started,
        inbound,
        answered,
        reason,
        chance.between(3, 40),
        talk,
        known[market * 40 + chance.between(0, 39)],
    )
