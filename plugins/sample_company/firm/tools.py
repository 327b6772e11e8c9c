"""Marketing tools of Solarhof: what was spent, sent and answered each day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sample_company.chance import Chance
from sample_company.company import Account
from sample_company.firm.story import LINKEDIN, META, Contact, contacts, local, local_day, newest_export
from sample_company.money import month_start
from sample_company.world import DAY, World

CAMPAIGNS = {
    "Dach im Abo": (META, "120219904471100", 18.0),
    "Speicher Aktion": (META, "120219904471200", 12.0),
    "Gewerbedach": (LINKEDIN, "672110455", 25.0),
    "Fachkräfte": (LINKEDIN, "672110460", 8.0),
}
"""Campaign -> account, id and euros a day."""


@dataclass(frozen=True)
class AdDay:
    """One campaign on one day; `results` are filled forms (Meta) or conversions (LinkedIn)."""

    day: date
    campaign: str
    spend: Decimal
    impressions: int
    clicks: int
    results: int


@dataclass(frozen=True)
class Recipient:
    """One address of one send; None where it did not happen."""

    contact: Contact
    is_delivered: bool
    opened_at: datetime | None
    human_opens: int
    machine_opens: int
    clicks: int
    unsubscribed_at: datetime | None


@dataclass(frozen=True)
class Send:
    """One newsletter."""

    campaign_id: str
    name: str
    sent_at: datetime
    recipients: tuple[Recipient, ...]


def ad_days(world: World, account: Account) -> Iterator[AdDay]:
    """The campaigns of one account day by day; a paused day has no row."""
    forms: dict[tuple[date, str], int] = {}
    for contact in contacts(world):
        if contact.form_campaign:
            key = (local_day(contact.created_at), contact.form_campaign)
            forms[key] = forms.get(key, 0) + 1
    for day in world.days():
        for campaign, (owner, _, daily) in CAMPAIGNS.items():
            if owner is not account:
                continue
            chance = Chance(world.seed, "firm ads", day, campaign)
            results = forms.get((day, campaign), 0)
            if chance.happens(0.06) and not results:
                continue
            clicks = chance.count(daily * world.scale / 1.4) + results
            spend = Decimal(round(100 * daily * world.scale * chance.within(0.7, 1.3))) / 100
            if account is LINKEDIN:
                results = chance.count(clicks * 0.03)
            yield AdDay(day, campaign, spend, clicks * chance.between(40, 90) + results, clicks, results)


def sends(world: World) -> Iterator[Send]:
    """A newsletter on the first working day of each month to everybody known by then."""
    month, number = month_start(world.start, 1), 0
    while month <= world.end:
        number += 1
        day = month
        while day.weekday() >= 5:
            day += DAY
        at = local(day, 9, 15)
        known = [contact for contact in contacts(world) if contact.created_at < at]
        if day <= world.end and known:
            yield Send(
                f"{40 + number}", f"Solarbrief {month:%Y-%m}", at, tuple(_received(world, at, one) for one in known)
            )
        month = month_start(month, 1)


def _received(world: World, at: datetime, contact: Contact) -> Recipient:
    chance = Chance(world.seed, "firm mail", at, contact.number)
    if chance.happens(0.03):
        return Recipient(contact, False, None, 0, 0, 0, None)
    kind = chance.weighted((("none", 5.0), ("machine", 2.0), ("person", 3.0)))
    opened = at + timedelta(minutes=chance.between(1, 3000)) if kind != "none" else None
    opened = opened if opened and opened < world.exported else None
    is_person = opened is not None and kind == "person"
    return Recipient(
        contact, True, opened, chance.between(1, 4) if is_person else 0, 1 if opened and not is_person else 0,
        chance.between(1, 3) if is_person and chance.happens(0.3) else 0,
        opened if is_person and chance.happens(0.02) else None,
    )  # fmt: skip


@dataclass(frozen=True)
class TestedSend:
    """One half of an invitation that is tested: its subject goes to half of the people."""

    title: str
    subject: str
    send_id: str
    sent_at: datetime
    recipients: int
    bounces: int
    opens: int
    clicks: int


def tested_sends(world: World) -> Iterator[TestedSend]:
    """An invitation on the 12th of each month, in two halves that differ in their subject."""
    month = world.start
    while month <= world.end:
        day = month + 11 * DAY
        known = sum(contact.created_at < local(day, 10) for contact in contacts(world))
        for number, subject in enumerate(("Ihr Dach kann mehr", "Einladung zum Solarabend"), 1):
            chance = Chance(world.seed, "firm invitation", day, number)
            recipients = known // 2 + (known % 2 if number == 1 else 0)
            bounces = round(recipients * 0.02)
            opens = round((recipients - bounces) * chance.within(0.25, 0.5))
            if day <= world.end and recipients:
                yield TestedSend(
                    f"Solarabend {month:%Y-%m} | Combo {number}", subject, f"5f{month:%y%m}{number:04d}",
                    local(day, 10), recipients, bounces, opens, round(opens * chance.within(0.05, 0.2)),
                )  # fmt: skip
        month = month_start(month, 1)


@dataclass(frozen=True)
class Budget:
    """What a campaign may cost from `first` until `last`, or for as long as it runs."""

    campaign: str
    first: date
    last: date | None
    amount: Decimal


def budgets(world: World) -> tuple[Budget, ...]:
    """The firm's budgets, each of as many whole cents a day as make its days equal."""
    second = month_start(world.start, 1)
    begun, end = second + 9 * DAY, month_start(second, 1) - DAY
    days_so_far = (local_day(newest_export(world)) - begun).days + 1
    return (
        Budget("Dach im Abo", begun, None, Decimal("16.40") * days_so_far),
        Budget("Speicher Aktion", second, end, Decimal("11.25") * ((end - second).days + 1)),
        Budget("Fachkräfte", world.end + 30 * DAY, None, Decimal("900.00")),
    )


COSTS = (
    ("people", "marketing", "", Decimal("3800.00")),
    ("people", "sales", "", Decimal("9100.00")),
    ("tools", "marketing", "Email", Decimal("89.90")),
)
"""Category, department, channel and euros a month, as the firm's own sheet writes them."""


def months(world: World) -> Iterator[tuple[date, date]]:
    """First and last day of each month of the story."""
    month = world.start
    while month <= world.end:
        yield month, month_start(month, 1) - DAY
        month = month_start(month, 1)
