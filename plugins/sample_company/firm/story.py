"""What happened at Solarhof, a firm of eight people in Bremen that sells solar roofs to other firms.

Times are instants (UTC); the firm's clock is Europe/Berlin, its only currency the euro. Contacts and deals that were
entered twice have been merged: the first copy lives on, the second is known by its id alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from sample_company.chance import Chance
from sample_company.company import Account
from sample_company.people import Person, person
from sample_company.world import World

ZONE = ZoneInfo("Europe/Berlin")
HUBSPOT = Account("hubspot", "25907714", "Solarhof", "Europe/Berlin", "EUR")
BREVO = Account("brevo", "solarhof", "Solarhof", "UTC", "EUR")
MAILCHIMP = Account("mailchimp", "solarhof", "Solarhof", "Europe/Berlin", "EUR")
LINKEDIN = Account("linkedin_ads", "509900471", "Solarhof", "UTC", "EUR")
META = Account("meta_ads", "120219904471", "Solarhof", "Europe/Berlin", "EUR")
AIRCALL = Account("aircall", "solarhof", "Solarhof", "UTC", "EUR")
PLANS = Account("plans", "company", "Solarhof", "Europe/Berlin", "EUR")

OWNERS = ("Antje Brinkmann", "Ole Petersen", "Fatma Yildiz")
SOURCES = {
    "Paid Social": "Paid Social",
    "Organic Search": "Organic Search",
    "Direct Traffic": "Direct",
    "Email Marketing": "Email",
    "Referrals": "Referral",
    "Offline Sources": "Offline",
}
"""Original traffic source as HubSpot writes it -> the channel it is."""
_WEIGHTS = tuple(zip(SOURCES, (6.0, 5.0, 3.0, 2.0, 2.0, 2.0), strict=True))
STAGES = ("Appointment Scheduled", "Qualified To Buy", "Presentation Scheduled", "Contract Sent", "Closed Won",
          "Closed Lost")  # fmt: skip
WON, LOST = 4, 5
PIPELINE = "Sales Pipeline"
LOSS_REASONS = ("Budget", "Competitor", "No decision")
LEADS_A_DAY = 4.0
_PEOPLE = 90_000_000


@dataclass(frozen=True)
class Contact:
    """One person. `mql_at`, `sql_at` and `opportunity_at` are None where the stage was not reached before the end."""

    number: int
    record_id: str
    who: Person
    source: str
    owner: str
    created_at: datetime
    mql_at: datetime | None
    sql_at: datetime | None
    opportunity_at: datetime | None
    form_campaign: str
    """Campaign (`ads.py`) whose form on Meta the person filled in; empty for everybody else."""
    copy_id: str = ""
    copied_at: datetime | None = None
    merged_at: datetime | None = None

    @property
    def form_lead_id(self) -> str:
        """Meta's id of the filled form; empty without one."""
        return f"{880_000_000 + self.number}" if self.form_campaign else ""


@dataclass(frozen=True)
class Deal:
    """One deal; `entered` holds when it came into each stage it reached, in order. It may have no contact."""

    record_id: str
    name: str
    company_id: str
    company: str
    contact_id: str
    owner: str
    source: str
    amount: Decimal
    entered: tuple[tuple[int, datetime], ...]
    loss_reason: str
    copy_id: str = ""
    merged_at: datetime | None = None

    @property
    def created_at(self) -> datetime:
        """When the deal was entered, in its first stage."""
        return self.entered[0][1]

    def stage_at(self, instant: datetime) -> tuple[int, datetime]:
        """Stage (index into STAGES) at `instant` and when it came into it."""
        return [step for step in self.entered if step[1] < instant][-1]


@dataclass(frozen=True)
class Call:
    """One telephone call, written down by the telephone system and by HubSpot."""

    number: int
    started_at: datetime
    agent: str
    is_inbound: bool
    ringing_seconds: int
    talk_seconds: int
    phone: str


def exports(world: World) -> tuple[datetime, datetime]:
    """When HubSpot was exported: four weeks before the end, and the morning after the last day."""
    newest = local(world.end + timedelta(days=1), 7)
    return newest - timedelta(days=28), newest


def newest_export(world: World) -> datetime:
    """When the last file of all was exported, a report on searches: what the firm knows reaches to this day."""
    return local(world.end + timedelta(days=4), 8)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """The instant (UTC) of a time on the firm's clock."""
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


def local_day(at: datetime) -> date:
    """The day of an instant on the firm's clock."""
    return at.astimezone(ZONE).date()


@lru_cache(maxsize=2)
def contacts(world: World) -> tuple[Contact, ...]:
    """Everybody whom the CRM knows, in order of creation."""
    found: list[Contact] = []
    for day in world.days():
        chance = Chance(world.seed, "firm contacts", day)
        for _ in range(chance.count(LEADS_A_DAY * world.scale)):
            found.append(_contact(world, day, len(found) + 1, chance))
    return tuple(found)


def _contact(world: World, day: date, number: int, chance: Chance) -> Contact:
    end = exports(world)[1]
    # A lead may come late in the evening: its day is the firm's, not the one in UTC.
    created = local(day, chance.between(6, 23), chance.between(0, 59))
    source = chance.weighted(_WEIGHTS)
    steps: list[datetime | None] = []
    at: datetime | None = created
    for likely, days in ((0.55, 4), (0.7, 3), (0.6, 6)):
        goes_on = chance.happens(likely)
        wait = timedelta(minutes=30 + int(chance.waiting(days) * 1440))
        at = at + wait if at and goes_on else None
        steps.append(at if at and at < end else None)
    form = chance.pick(("Dach im Abo", "Speicher Aktion")) if source == "Paid Social" and chance.happens(0.6) else ""
    record = str(1_400_000 + 7 * number)
    copied = created + timedelta(days=2, hours=1)
    merged = copied + timedelta(days=5)
    has_copy = number % 11 == 0 and merged < end
    return Contact(
        number, record, person(world.seed, _PEOPLE + number, "DE"), source, chance.pick(OWNERS), created,
        steps[0], steps[1], steps[2], form,
        str(1_400_003 + 7 * number) if has_copy else "", copied if has_copy else None, merged if has_copy else None,
    )  # fmt: skip


def company_id(contact: Contact) -> str:
    """The company of a contact; people of one name share it."""
    return str(7_700_000 + int.from_bytes(contact.who.company.encode(), "big") % 99_991)


@lru_cache(maxsize=2)
def deals(world: World) -> tuple[Deal, ...]:
    """The deals in order of their contacts."""
    known = contacts(world)
    return tuple(_deal(world, contact, contact.opportunity_at) for contact in known if contact.opportunity_at)


def _deal(world: World, contact: Contact, created: datetime) -> Deal:
    end = exports(world)[1]
    chance = Chance(world.seed, "firm deal", contact.number)
    entered = [(0, created)]
    while entered[-1][0] < WON:
        stage, at = entered[-1]
        at += timedelta(minutes=45 + int(chance.waiting(5) * 1440))
        if at >= end:
            break
        entered.append((LOST if chance.happens(0.18) else stage + 1, at))
    merged = created + timedelta(days=3)
    has_copy = contact.number % 5 == 0 and merged < end
    return Deal(
        str(31_000_000_000 + 13 * contact.number), f"Dach {contact.who.company}", company_id(contact),
        contact.who.company, "" if chance.happens(0.1) else contact.record_id, contact.owner, contact.source,
        Decimal(chance.between(300, 9_000)) * 10 + Decimal(chance.pick(("0", "0.5", "0.99"))), tuple(entered),
        chance.pick(LOSS_REASONS) if entered[-1][0] == LOST else "",
        str(31_000_000_007 + 13 * contact.number) if has_copy else "", merged if has_copy else None,
    )  # fmt: skip


def calls(world: World) -> Iterator[Call]:
    """The calls of each working day in order of their beginning, none in the same minute as the one before."""
    number = 0
    for day in world.days():
        if day.weekday() >= 5:
            continue
        chance = Chance(world.seed, "firm calls", day)
        minute = 8 * 60
        for _ in range(chance.count(9 * world.scale)):
            minute += chance.between(2, 45)
            if minute >= 18 * 60:
                break
            number += 1
            answered = chance.happens(0.7)
            yield Call(
                number, local(day, minute // 60, minute % 60) + timedelta(seconds=chance.between(0, 59)),
                chance.pick(OWNERS), chance.happens(0.3), chance.between(3, 25),
                chance.between(20, 900) if answered else 0,
                person(world.seed, _PEOPLE + chance.between(1, 500), "DE").phone,
            )  # fmt: skip
