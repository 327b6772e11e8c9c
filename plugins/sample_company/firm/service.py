"""What became of Solarhof's customers after the sale: tickets in HubSpot, and what maintaining their roofs costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sample_company.chance import Chance
from sample_company.company import Account
from sample_company.firm import story
from sample_company.firm.story import HUBSPOT, WON, ZONE, local_day
from sample_company.truth import TruthTables
from sample_company.world import World
from sample_company.writers.output import Output, csv_line, quoted_line

SUPPORT = Account("support", "solarhof", "Solarhof", "Europe/Berlin", "EUR")
AGENTS = ("Jette Lorenz", "Ole Petersen")
CATEGORIES = ("Ertrag", "Rechnung", "Montage")
_TICKETS = (
    "Ticket ID", "Ticket name", "Ticket status", "Pipeline", "Priority", "Category", "Source", "Create date",
    "Close date", "First agent email response date", "Ticket owner", "HubSpot team", "Associated Contact IDs",
    "Associated Company IDs", "Time spent (minutes)",
)  # fmt: skip


@dataclass(frozen=True)
class Ticket:
    """One case; `solved_at` may lie after the export, where it is still open."""

    record_id: str
    deal: story.Deal
    category: str
    agent: str
    created_at: datetime
    replied_at: datetime
    solved_at: datetime
    minutes: int


def won(world: World) -> Iterator[tuple[story.Deal, datetime]]:
    """The won deals with the instant of the sale."""
    for deal in story.deals(world):
        stage, at = deal.entered[-1]
        if stage == WON:
            yield deal, at


def tickets(world: World) -> Iterator[Ticket]:
    """The cases of each won deal until the newest export."""
    end = story.exports(world)[1]
    for deal, sold in won(world):
        chance = Chance(world.seed, "firm tickets", deal.record_id)
        at = sold
        for place in range(chance.between(0, 4)):
            at += timedelta(minutes=60 + int(chance.waiting(9) * 1440))
            if at >= end:
                break
            replied = at + timedelta(minutes=chance.between(5, 900))
            yield Ticket(
                str(int(deal.record_id) * 10 + place), deal, chance.pick(CATEGORIES), chance.pick(AGENTS), at, replied,
                replied + timedelta(minutes=chance.between(10, 9_000)), chance.between(5, 180),
            )  # fmt: skip


def maintenance(world: World) -> Iterator[tuple[str, date, Decimal]]:
    """Company, day and amount of what maintaining a roof costs in each month that ends after the sale."""
    for deal, sold in won(world):
        for day in world.days():
            if (day + timedelta(days=1)).day == 1 and day >= local_day(sold):
                amount = Decimal(Chance(world.seed, "firm maintenance", deal.record_id, day).between(200, 900)) / 10
                yield deal.company_id, day, amount


def write(world: World, output: Output) -> None:
    """HubSpot's tickets and the firm's own list of maintenance."""
    at = story.exports(world)[1]
    path = output.folder(HUBSPOT, at) / f"hubspot-crm-exports-all-tickets-{at:%Y-%m-%d}.csv"
    with output.writing(path, exported=at) as target:
        target.text(quoted_line(_TICKETS))
        for one in tickets(world):
            is_solved = one.solved_at < at
            target.row(quoted_line([
                one.record_id, f"{one.category} {one.deal.company}", "Closed" if is_solved else "New",
                "Support Pipeline", "High" if one.category == "Ertrag" else "", one.category, "Email",
                _minute(one.created_at, at), _minute(one.solved_at, at), _minute(one.replied_at, at), one.agent,
                "Service", one.deal.contact_id, one.deal.company_id, str(one.minutes) if is_solved else "",
            ]))  # fmt: skip
    facts = {"exported_at": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    path = output.folder(SUPPORT, facts=facts, has_currency=False) / "service_costs.csv"
    with output.writing(path, exported=at) as target:
        target.text(csv_line(["kind", "date", "customer_id", "category", "cost", "currency"]))
        for company, day, amount in maintenance(world):
            target.row(csv_line(["cost", day.isoformat(), company, "Wartung", f"{amount:f}", "EUR"]))


def write_truth(world: World, tables: TruthTables) -> None:
    """Tickets and maintenance as they happened."""
    at = story.exports(world)[1]
    tables.open("tickets", ("record_id", "company", "created_on", "closed_on", "category", "agent", "minutes"))
    for one in tickets(world):
        is_solved = one.solved_at < at
        tables.add("tickets", (
            one.record_id, one.deal.company_id, local_day(one.created_at),
            local_day(one.solved_at) if is_solved else None, one.category, one.agent,
            one.minutes if is_solved else None,
        ))  # fmt: skip
    tables.open("maintenance", ("company", "date", "amount"))
    for company, day, amount in maintenance(world):
        tables.add("maintenance", (company, day, amount))


def _minute(when: datetime, until: datetime) -> str:
    return f"{when.astimezone(ZONE):%Y-%m-%d %H:%M}" if when < until else ""
