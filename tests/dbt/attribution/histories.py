"""Random histories of touches and deals, and a slow reading of what each model makes of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import duckdb

DAY = timedelta(days=1)
START = datetime.combine(date(2026, 1, 1), datetime.min.time())
CAMPAIGNS = ("c1", "c2", "c3", "c4", None)
CHANNELS = {"c1": "Email", "c2": "Events", "c3": "Paid Search", "c4": "Email"}
UNITS = {"USD": 2, "VND": 0, "KWD": 3}


@dataclass(frozen=True)
class Touch:
    """A touch of a person."""

    id: str
    person: str
    campaign: str | None
    channel: str
    at: datetime
    makes_lead: bool


@dataclass(frozen=True)
class Conversion:
    """What touches are credited for, as int_conversion has it."""

    stage: str
    id: str
    persons: tuple[str, ...]
    """Those that models of the people of the deal count."""
    first: datetime
    last: datetime
    begun: datetime | None = None
    closed_on: date | None = None
    status: str | None = None
    native: Decimal | None = None
    currency: str | None = None
    reporting: Decimal | None = None
    origin: str = "Unknown"
    """Channel that the CRM names for a deal."""
    colleagues: tuple[str, ...] = ()
    """Others at the company, whom models of the people of the account count, too."""


@dataclass
class History:
    """Everything attribution reads."""

    touches: list[Touch] = field(default_factory=list)
    conversions: list[Conversion] = field(default_factory=list)
    mql_at: dict[str, datetime] = field(default_factory=dict)

    def fill(self, connection: duckdb.DuckDBPyConnection, order: random.Random | None = None) -> None:
        """Put the history into the tables that attribution reads, in an order of chance if one is given."""

        def put(table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
            connection.execute(f"delete from intermediate.{table}")
            rows = order.sample(rows, len(rows)) if order else rows
            if rows:
                marks = ", ".join("?" for _ in columns.split(","))
                connection.executemany(f"insert into intermediate.{table} ({columns}) values ({marks})", rows)

        put("int_touchpoint",
            "touch_id, touch_kind, person_id, campaign_id, channel, touch_type, touched_at, is_lead_creation, "
            "department",
            [(t.id, "campaign_response", t.person, t.campaign, t.channel, "Responded", t.at, t.makes_lead, "Marketing")
             for t in self.touches])  # fmt: skip
        put("int_conversion",
            "stage, conversion_id, unit, converted_on, counts_from, counts_until, deal_begun_at, status, "
            "amount_native, currency, amount_reporting",
            [(c.stage, c.id, "opportunity" if c.begun else "person", c.last.date(), c.first, c.last, c.begun, c.status,
              c.native, c.currency, c.reporting) for c in self.conversions])  # fmt: skip
        put("int_conversion_person", "stage, conversion_id, person_id, basis, is_account_only",
            [(c.stage, c.id, person, "opportunity" if person in c.persons else "account", person in c.colleagues)
             for c in self.conversions for person in (*c.persons, *c.colleagues)])  # fmt: skip
        put("int_stage_entry", "unit, unit_id, funnel_stage, entered_at",
            [("person", person, "MQL", at) for person, at in self.mql_at.items()])  # fmt: skip
        deals = {c.id: c for c in self.conversions if c.begun}
        put("int_opportunity", "opportunity_id, channel", [(c.id, c.origin) for c in deals.values()])
        put("int_opportunity_base", "opportunity_id, source, closed_on",
            [(c.id, "crm", c.closed_on) for c in deals.values()])  # fmt: skip
        put("int_opportunity_person", "opportunity_id, person_id, is_origin",
            [(c.id, person, person == c.persons[0]) for c in deals.values() for person in c.persons])  # fmt: skip

    def path(self, one: Conversion, people: str = "deal") -> list[Touch]:
        """The touches that count for a conversion, in order; with people account those of colleagues among them."""
        counted = (*one.persons, *(one.colleagues if people == "account" else ()))
        found = [t for t in self.touches if t.person in counted and one.first <= t.at <= one.last]
        if not one.persons and one.begun and one.origin != "Unknown":
            found = [Touch("(deal)", "", None, one.origin, one.begun, makes_lead=False)]
        return sorted(found, key=lambda t: (t.at, t.id))


def random_history(seed: int) -> History:
    """Some persons with up to nine touches, often at one moment; deals of several of them, won, lost and open."""
    chance, others_chance = random.Random(seed), random.Random(f"colleagues {seed}")
    history = History()
    people = [f"p{number}" for number in range(chance.randint(3, 12))]
    for person in people:
        made = chance.random() < 0.7
        for number in range(chance.choice((0, 1, 1, 2, 3, 5, 9))):
            campaign = chance.choice(CAMPAIGNS)
            channel = CHANNELS[campaign] if campaign else chance.choice(("Direct", "Referral"))
            at = START + DAY * chance.randrange(0, 200, 5) + timedelta(hours=chance.choice((0, 8, 8, 17)))
            history.touches.append(Touch(f"{person}.{number}", person, campaign, channel, at, made and number == 0))
        if chance.random() < 0.5:
            history.mql_at[person] = START + DAY * chance.randrange(200)
        if chance.random() < 0.8:
            became = START + DAY * chance.randrange(200)
            history.conversions.append(Conversion("Lead", person, (person,), became - 90 * DAY, became))
    for number in range(chance.randint(1, 14)):
        begun = START + DAY * chance.randrange(20, 180)
        closed = (begun + DAY * chance.randrange(40)).date()
        status = chance.choice(("won", "won", "lost", "open"))
        currency = chance.choice(tuple(UNITS))
        native = Decimal(chance.choice((0, 1, 7, 100, 12345))) / 10 ** UNITS[currency]
        money: tuple[Any, ...] = (native, currency, Decimal(chance.choice((0, 1, 5, 9999, 123456))) / 100)
        if chance.random() < 0.1:
            money = (None, None, None)
        members = tuple(chance.sample(people, chance.choice((0, 1, 1, 2, 3))))
        said: dict[str, Any] = dict(zip(("native", "currency", "reporting"), money, strict=True))
        others = [person for person in people if person not in members]
        # Who is at the company of a deal that names nobody is no colleague: such a deal counts them anyway.
        asked = min(len(others), others_chance.choice((0, 0, 1, 3))) if members else 0
        said["colleagues"] = tuple(others_chance.sample(others, asked))
        origin = chance.choice(("Unknown", "Partner"))
        day = None if status == "open" else closed
        deal = Conversion("Opportunity", f"d{number}", members, begun - 90 * DAY, begun, begun, day, status,
                          origin=origin, **said)  # fmt: skip
        history.conversions.append(deal)
        if status == "won":
            last = datetime.combine(closed + DAY, datetime.min.time()) - timedelta(microseconds=1)
            history.conversions.append(
                Conversion("Won", deal.id, members, begun - 90 * DAY, last, begun, day, status, origin=origin, **said)
            )
    return history


def marks(history: History, one: Conversion, people: str) -> dict[str, set[str]]:
    """The milestones of each touch of a path, by their definition."""
    path = history.path(one, people)
    found: dict[str, set[str]] = {touch.id: set() for touch in path}
    if not path:
        return found
    found[path[0].id].add("first")
    found[path[-1].id].add("last")
    indirect = [touch for touch in path if touch.channel != "Direct"]
    found[(indirect or path)[-1].id].add("non_direct")
    for name, holds in (
        ("lead", [touch for touch in path if touch.makes_lead][:1]),
        ("deal", [touch for touch in path if one.begun and touch.at <= one.begun][-1:]),
        ("mql", [t for t in path if t.person in history.mql_at and t.at <= history.mql_at[t.person]][-1:]),
    ):
        for touch in holds:
            found[touch.id].add(name)
    return found


def _milestones(shares: dict[str, Fraction], rest: Fraction) -> Callable[[list[set[str]]], list[Fraction]]:
    """Shares of milestones are added on a touch; the rest goes evenly to the others; what is missing is scaled away."""

    def points(path: list[set[str]]) -> list[Fraction]:
        reached = [sum((share for name, share in shares.items() if name in touch), Fraction(0)) for touch in path]
        others = sum(not share for share in reached)
        return [share or rest / others for share in reached]

    return points


def _rules(given: dict[str, int]) -> Callable[[list[set[str]]], list[Fraction]]:
    def points(path: list[set[str]]) -> list[Fraction]:
        found = [Fraction(sum(value for name, value in given.items() if name in touch)) for touch in path]
        return found if any(found) else [Fraction(1)] * len(path)

    return points


MODELS: dict[str, Callable[[list[set[str]]], list[Fraction]]] = {
    "first_touch": _milestones({"first": Fraction(1)}, Fraction(0)),
    "last_touch": _milestones({"last": Fraction(1)}, Fraction(0)),
    "last_non_direct": _milestones({"non_direct": Fraction(1)}, Fraction(0)),
    "linear": lambda path: [Fraction(1)] * len(path),
    "position_40_20_40": _milestones({"first": Fraction(40), "last": Fraction(40)}, Fraction(20)),
    "u_shaped": _milestones({"first": Fraction(40), "lead": Fraction(40)}, Fraction(20)),
    "w_shaped": _milestones(dict.fromkeys(("first", "lead", "deal"), Fraction(30)), Fraction(10)),
    "full_path": _milestones(dict.fromkeys(("first", "lead", "deal", "last"), Fraction(45, 2)), Fraction(10)),
    "influence_balanced": _rules({"first": 2, "lead": 3, "mql": 3, "last": 2, "main": 1, "before": 1}),
    "influence_sourcing": _rules({"lead": 5, "first": 3, "before": 1}),
    "influence_account": _rules({"first": 2, "lead": 3, "mql": 3, "last": 2, "main": 1, "before": 1}),
}
ACCOUNT_MODELS = ("influence_account",)
"""Models that count the people of the account."""


def largest_remainder(units: int, points: list[Fraction]) -> list[int]:
    """Whole units in proportion to points; those left over to the largest remainders, of equal ones to the first.

    Units below zero are shared as those above.
    """
    if units < 0:
        return [-part for part in largest_remainder(-units, points)]
    exact = [units * share / sum(points) for share in points]
    parts = [int(one) for one in exact]
    for position in sorted(range(len(points)), key=lambda n: (parts[n] - exact[n], n))[: units - sum(parts)]:
        parts[position] += 1
    return parts


def slow_credits(history: History) -> set[tuple[Any, ...]]:
    """Rows (stage, conversion, model, touch, weight, native, reporting) of fct_attribution, model by model."""
    found = set()
    for one, people in product(history.conversions, ("deal", "account")):
        path = history.path(one, people)
        said = marks(history, one, people)
        for touch in path:
            if one.begun and one.persons and touch.person == one.persons[0]:
                said[touch.id].add("main")
            if one.begun and touch.at <= one.begun:
                said[touch.id].add("before")
        players = [touch.campaign or touch.channel for touch in path]
        by_model = {model: points([said[touch.id] for touch in path]) for model, points in MODELS.items() if path}
        by_model["time_decay"] = [
            Fraction(max(int(1e9 * 2 ** (-((one.last - touch.at) / DAY) / 7) + 0.5), 1)) for touch in path
        ]
        by_model["shapley"] = [Fraction(1, players.count(player)) for player in players]
        for model in {*MODELS, *by_model}:
            if (model in ACCOUNT_MODELS) != (people == "account"):
                continue
            if not path:
                found.add((one.stage, one.id, model, "(none)", Decimal(1), one.native, one.reporting))
                continue
            columns: list[list[Decimal] | list[None]] = []
            for amount, digits in ((Decimal(1), 9), (one.native, UNITS.get(one.currency or "", 2)), (one.reporting, 2)):
                if amount is None:
                    columns.append([None] * len(path))
                else:
                    parts = largest_remainder(int(amount * 10**digits), by_model[model])
                    columns.append([Decimal(part) / 10**digits for part in parts])
            for position, touch in enumerate(path):
                if by_model[model][position]:
                    found.add((one.stage, one.id, model, touch.id, *(column[position] for column in columns)))
    return found
