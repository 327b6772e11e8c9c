"""Random lives of leads and their deals, as a CRM would export them, and a slow and obvious reading of them.

Everything is given twice: as raw rows for the warehouse, and as plain events from which the functions below work out
what is true, one lead and one day at a time, without windows, joins or intervals.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
AS_OF = date(2026, 7, 31)
LAST = datetime.fromisoformat("2026-07-31T10:00")
STATUS = {"New": "Lead", "MQL": "MQL", "SAL": "SAL", "Qualified": "Opportunity", "Unqualified": "Lost",
          "Recycled": "Recycled"}  # fmt: skip
STEPS = {"Prospecting": "Prospecting", "Qualification": "Qualification", "Needs Analysis": "Needs Analysis",
         "Proposal/Price Quote": "Proposal", "Negotiation/Review": "Negotiation", "Closed Won": "Won",
         "Closed Lost": "Lost"}  # fmt: skip
FORWARD = ("Lead", "MQL", "SAL", "Opportunity")
FURTHEST = ("Retained", "Customer", "Opportunity", "SAL", "MQL", "Lead", "Churned", "Lost", "Recycled")
"""Stages of people, those first that speak for the company: who stays or is being won before who is gone."""
CAMPAIGNS = ["Fair", "Mail", "Search"]
Row = dict[str, Any]


@dataclass
class Deal:
    """A deal with its steps in order."""

    key: str
    steps: list[tuple[datetime, str]]
    amount: int
    reason: str | None = None

    @property
    def created_at(self) -> datetime:
        """The first step is taken at creation."""
        return self.steps[0][0]

    @property
    def closed(self) -> tuple[datetime, str] | None:
        """When and how it ended, if its last step is an end."""
        at, step = self.steps[-1]
        return (at, STEPS[step]) if step.startswith("Closed") else None


@dataclass
class Life:
    """One person: lead records with their statuses in order, and the deals."""

    key: str
    channel: str
    leads: list[list[tuple[datetime, str]]]
    deals: list[Deal] = field(default_factory=list)
    campaigns: list[str] = field(default_factory=list)
    calls: list[datetime] = field(default_factory=list)
    subscriptions: list[tuple[date, date | None, bool]] = field(default_factory=list)

    @property
    def person_id(self) -> str:
        """The smallest lead id names the person."""
        return f"salesforce:{self.key}"

    @property
    def company(self) -> str | None:
        """The account of the contact; who was never converted has none."""
        is_contact = any(changes[-1][1] == "Qualified" for changes in self.leads)
        return f"A{int(self.key[1:]) % 12:02d}" if is_contact else None


def tell(seed: int, people: int = 70) -> list[Life]:
    """Lives that go forward, back, skip, recycle, return, convert, win, lose and re-open."""
    chance = random.Random(seed)
    lives = []
    for number in range(people):
        at = datetime.fromisoformat("2026-01-01") + timedelta(minutes=chance.randrange(200 * 24 * 60))
        first = [(at, "New")]
        for _ in range(chance.randrange(6)):
            at += timedelta(minutes=1 + chance.randrange(18 * 24 * 60))
            now = first[-1][1]
            following = {
                "New": ["MQL", "MQL", "MQL", "SAL", "Qualified", "Unqualified"],
                "MQL": ["SAL", "SAL", "SAL", "Qualified", "Recycled", "Unqualified", "New"],
                "SAL": ["Qualified", "Qualified", "Qualified", "Recycled", "MQL", "Unqualified"],
                "Recycled": ["MQL", "SAL", "Unqualified"],
                "Unqualified": ["New", "MQL"],
            }.get(now)
            if following is None or at > LAST:
                break
            first.append((at, chance.choice(following)))
        life = Life(f"L{number:03d}", chance.choice(["Web", "Cold Call", "Partner Referral"]), [first])
        if first[-1][1] == "Qualified":
            _sell(chance, life, first[-1][0])
        elif chance.random() < 0.15:
            _second_form(chance, life, first[-1][0])
        lives.append(life)
    lives += _buyers(random.Random(f"{seed} buyers"), people)
    # A chance of its own, so that what is done to people does not change their lives.
    _address(random.Random(f"{seed} addressed"), lives)
    return lives


def _buyers(chance: random.Random, number: int) -> list[Life]:
    """Some who buy early in the year, so that one sees whether they stay, leave and return."""
    lives = []
    for place in range(number, number + 20):
        at = datetime.fromisoformat("2026-01-01") + timedelta(minutes=chance.randrange(30 * 24 * 60))
        life = Life(f"L{place:03d}", "Web", [[(at, "New"), (at + timedelta(days=1), "Qualified")]])
        for deal in range(chance.choice([1, 1, 2, 3])):
            opened_at = at + timedelta(days=1 + 60 * deal)
            closed_at = opened_at + timedelta(minutes=1 + chance.randrange(60 * 24 * 60))
            life.deals.append(Deal(f"O{life.key}{deal}", [(opened_at, "Prospecting"), (closed_at, "Closed Won")], 100))
        start = local_day(life.deals[0].created_at)
        # Ongoing; ended; ended and back in time, or too late; none.
        ended = start + timedelta(days=chance.choice([40, 100]))
        runs: list[tuple[date, date | None, bool]] = [(start, None, False)] if place % 5 == 0 else [
            (start, ended, False), (ended + timedelta(days=(0, 0, 20, 35, 0)[place % 5]), None, False)
        ]  # fmt: skip
        life.subscriptions = runs[: (1, 1, 2, 2, 0)[place % 5]]
        lives.append(life)
    return lives


def _address(chance: random.Random, lives: list[Life]) -> None:
    """Campaigns they join later than their first form, calls of sales, and why deals were lost."""
    for life in lives:
        created_at = life.leads[0][0][0]
        life.campaigns = sorted(chance.sample(CAMPAIGNS, chance.choice([0, 1, 1, 2, 3])))
        for _ in range(chance.choice([0, 0, 1, 2, 5])):
            at = created_at + timedelta(minutes=1 + chance.randrange(10 * 24 * 60))
            if at <= LAST:
                life.calls.append(at)
        for deal in life.deals:
            if deal.closed and deal.closed[1] == "Lost":
                deal.reason = chance.choice(["Price", "Competitor", None])
        if life.deals and chance.random() < 0.7 and not life.subscriptions:
            _subscribe(chance, life)


def _subscribe(chance: random.Random, life: Life) -> None:
    """A trial, a paid subscription, or one after the other, of the first deal."""
    start = local_day(life.deals[0].created_at)
    kind = chance.choice(["trial", "paid", "both"])
    if kind != "paid":
        end = start + timedelta(days=14)
        life.subscriptions.append((start, end, True))
        start = end
    if kind != "trial" and start <= AS_OF:
        ends = chance.choice([None, start + timedelta(days=40), start + timedelta(days=100)])
        life.subscriptions.append((start, ends if ends and ends <= AS_OF else None, False))
        # Some come back: soon enough to be the same subscription still, or later.
        again = ends + timedelta(days=(20, 35, 400)[len(life.calls) % 3]) if ends else None
        if again and again <= AS_OF:
            life.subscriptions.append((again, None, False))


def _sell(chance: random.Random, life: Life, converted_at: datetime) -> None:
    """Up to three deals, the first one opened by the conversion."""
    at = converted_at
    for number in range(chance.choice([0, 1, 1, 1, 2, 3])):
        if at > LAST:
            break
        steps = [(at, chance.choice(["Prospecting", "Prospecting", "Qualification", "Negotiation/Review"]))]
        moment = at
        for _ in range(chance.randrange(6)):
            moment += timedelta(minutes=1 + chance.randrange(15 * 24 * 60))
            if moment > LAST or (steps[-1][1].startswith("Closed") and chance.random() < 0.8):
                break
            steps.append((moment, chance.choice([step for step in STEPS if step != steps[-1][1]])))
        life.deals.append(Deal(f"O{life.key}{number}", steps, chance.choice([0, 100, 250])))
        at += timedelta(minutes=1 + chance.randrange(40 * 24 * 60))
    if chance.random() < 0.3:
        _second_form(chance, life, converted_at + timedelta(days=chance.randrange(60)))


def _second_form(chance: random.Random, life: Life, after: datetime) -> None:
    """Another lead record of the same person, perhaps taken further."""
    at = after + timedelta(minutes=1 + chance.randrange(30 * 24 * 60))
    if at > LAST:
        return
    changes = [(at, "New")]
    at += timedelta(minutes=1 + chance.randrange(10 * 24 * 60))
    if chance.random() < 0.6 and at <= LAST:
        changes.append((at, chance.choice(["MQL", "SAL"])))
    life.leads.append(changes)


def raw_rows(lives: list[Life]) -> dict[str, list[Row]]:
    """What the CRM exports of these lives, by entity."""
    rows: dict[str, list[Row]] = {name: [] for name in (
        "crm_users", "crm_leads", "crm_lead_history", "crm_contacts", "crm_opportunities", "crm_opportunity_history",
        "crm_campaigns", "crm_campaign_members", "crm_activities", "crm_subscriptions", "crm_accounts",
    )}  # fmt: skip
    rows["crm_campaigns"] = [{"record_id": f"C{name}", "campaign_name": name} for name in CAMPAIGNS]
    rows["crm_users"].append({"record_id": "U1", "first_name": "Dana", "last_name": "Whitfield", "is_active": True})
    companies = sorted({life.company for life in lives if life.company})
    rows["crm_accounts"] = [{"record_id": key, "account_name": f"Firm {key}"} for key in companies]
    for life in lives:
        for number, changes in enumerate(life.leads):
            _lead_rows(rows, life, f"{life.key}{'b' if number else ''}", changes)
        for deal in life.deals:
            _deal_rows(rows, life, deal)
        _addressed_rows(rows, life)
    return rows


def _addressed_rows(rows: dict[str, list[Row]], life: Life) -> None:
    joined_at = life.leads[0][0][0] + timedelta(hours=2)
    for name in life.campaigns:
        rows["crm_campaign_members"].append({
            "record_id": f"M{life.key}{name}", "campaign_id": f"C{name}", "lead_id": life.key, "has_responded": True,
            "first_responded_at": joined_at, "created_at": joined_at,
        })  # fmt: skip
    for number, (start, end, is_trial) in enumerate(life.subscriptions):
        rows["crm_subscriptions"].append({
            "record_id": f"S{life.key}{number}", "opportunity_id": life.deals[0].key, "started_on": start,
            "ended_on": end, "is_trial": is_trial, "amount": 100 + 10 * number, "billing_period": "Monthly",
        })  # fmt: skip
    for number, at in enumerate(life.calls):
        rows["crm_activities"].append({
            "record_id": f"T{life.key}{number}", "activity_kind": "task", "activity_type": "Call", "who_id": life.key,
            "is_closed": True, "activity_at": at, "owner_id": "U1",
        })  # fmt: skip


def _lead_rows(rows: dict[str, list[Row]], life: Life, key: str, changes: list[tuple[datetime, str]]) -> None:
    converted = changes[-1][1] == "Qualified"
    rows["crm_leads"].append({
        "record_id": key, "created_at": changes[0][0], "status": changes[-1][1], "email_hash": f"e{life.key}",
        "owner_id": "U1", "is_deleted": False, "lead_source": life.channel, "is_converted": converted,
        "converted_at": changes[-1][0] if converted else None,
        "converted_contact_id": f"K{life.key}" if converted else None,
        "converted_opportunity_id": life.deals[0].key if converted and life.deals else None,
    })  # fmt: skip
    if converted:
        rows["crm_contacts"].append({"record_id": f"K{life.key}", "email_hash": f"e{life.key}",
                                     "created_at": changes[-1][0], "crm_account_id": life.company})  # fmt: skip
    before = None
    for number, (at, status) in enumerate(changes):
        rows["crm_lead_history"].append({"record_id": f"{key}h{number}", "lead_id": key, "field": "Status",
                                         "old_value": before, "new_value": status, "changed_at": at})  # fmt: skip
        before = status


def _deal_rows(rows: dict[str, list[Row]], life: Life, deal: Deal) -> None:
    ended = deal.closed
    rows["crm_opportunities"].append({
        "record_id": deal.key, "opportunity_name": deal.key, "amount": deal.amount, "currency": "USD",
        "created_at": deal.created_at, "close_date": local_day(ended[0]) if ended else date(2026, 12, 31),
        "stage": deal.steps[-1][1], "is_closed": ended is not None, "is_won": bool(ended) and ended[1] == "Won",
        "owner_id": "U1", "is_deleted": False, "contact_id": f"K{life.key}", "loss_reason": deal.reason,
    })  # fmt: skip
    for number, (at, step) in enumerate(deal.steps):
        rows["crm_opportunity_history"].append({"record_id": f"{deal.key}h{number}", "opportunity_id": deal.key,
                                                "stage": step, "changed_at": at})  # fmt: skip


def local_day(at: datetime) -> date:
    """The reporting day of an instant in UTC."""
    return at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZONE).date()


def recorded_path(life: Life) -> list[tuple[datetime, str]]:
    """Every change of the person's stage: what the lead records say, and the deals as long as they are converted."""
    events: list[tuple[datetime, str, Any]] = []
    for changes in life.leads:
        events += [(at, "form" if place == 0 else "status", status) for place, (at, status) in enumerate(changes)]
    for deal in life.deals:
        events.append((deal.created_at, "opened", deal))
        if deal.closed:
            events.append((deal.closed[0], "closed", deal))
    events += [(at, "subscription", None) for at, _, kind in _turns(life) if kind != "won" and life.deals]
    kinds = ["form", "status", "opened", "closed", "subscription"]
    path: list[tuple[datetime, str]] = []
    lead_stage = None
    converted_at = LAST + timedelta(days=1)
    for at, kind, what in sorted(events, key=lambda event: (event[0], kinds.index(event[1]))):
        if kind == "form" and lead_stage in (None, "Lost", "Recycled"):
            lead_stage = "Lead"
        if kind == "status":
            lead_stage = STATUS[what] if life.deals or what != "Qualified" else "SAL"  # handed over without a deal
            converted_at = at if lead_stage == "Opportunity" else converted_at
        stage = _with_deals(life, at, converted_at) if lead_stage == "Opportunity" else lead_stage
        if stage is None:  # a subscription of somebody who is not a lead yet
            continue
        if path and path[-1][0] == at:
            path.pop()
        if not path or path[-1][1] != stage:
            path.append((at, stage))
    return path


def _turns(life: Life) -> list[tuple[datetime, int, str]]:
    """What decides about a customer, in order: wins, and paid subscriptions that begin, are kept for 90 days, end."""
    turns = [(deal.closed[0], 1, "won") for deal in life.deals if deal.closed and deal.closed[1] == "Won"]
    runs: list[list[date]] = []
    for start, end, is_trial in life.subscriptions:
        if is_trial:
            continue
        if runs and (start - runs[-1][1]).days <= 30:
            runs[-1][1] = end or date.max
        else:
            runs.append([start, end or date.max])
    for start, end in runs:
        turns.append((first_moment(start), 2, "began"))
        if start + timedelta(days=90) <= min(end, AS_OF):
            turns.append((first_moment(start + timedelta(days=90)), 3, "kept"))
        if end < AS_OF - timedelta(days=30):
            turns.append((first_moment(end), 4, "ended"))
    return sorted(turns)


def first_moment(day: date) -> datetime:
    """Begin of a reporting day in UTC."""
    return datetime.combine(day, datetime.min.time(), ZONE).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


def _as_customer(life: Life, at: datetime, converted_at: datetime) -> str | None:
    """Customer, Retained or Churned; None before the first win."""
    stage, since, is_kept = None, None, False
    for moment, _, kind in _turns(life):
        if moment > at or (kind != "won" and moment < converted_at):
            continue
        if kind == "won" and stage is None:
            stage, since = "Retained" if is_kept else "Customer", moment
        elif stage == "Churned" and kind in ("won", "began"):
            stage, since = "Customer", moment
        elif kind == "won" and since and moment >= since + timedelta(days=90):
            stage = "Retained"
        elif kind == "kept":
            is_kept = True
            stage = "Retained" if stage else None
        elif kind == "ended":
            is_kept = False
            stage = "Churned" if stage else None
    return stage


def _with_deals(life: Life, at: datetime, converted_at: datetime) -> str:
    known = [deal for deal in life.deals if deal.created_at <= at]
    ended = [deal.closed[1] for deal in known if deal.closed and deal.closed[0] <= at]
    if customer := _as_customer(life, at, converted_at):
        return customer
    return "Lost" if known and len(ended) == len(known) else "Opportunity"


def position(path: list[tuple[datetime, str]], day: date) -> str | None:
    """The stage at the end of a reporting day; None before the first event."""
    stage = None
    for at, name in path:
        if local_day(at) <= day:
            stage = name
    return stage


def company_position(people: list[list[tuple[datetime, str]]], day: date) -> str | None:
    """The stage of the furthest of a company's people at the end of a day; None before its first one."""
    stages = {position(path, day) for path in people}
    return next((stage for stage in FURTHEST if stage in stages), None)


def age(at: datetime) -> float:
    """Days from an instant to the end of the reporting day."""
    midnight = datetime.combine(AS_OF + timedelta(days=1), datetime.min.time(), ZONE)
    return (midnight - at.replace(tzinfo=ZoneInfo("UTC"))).total_seconds() / 86400


def finished_stays(life: Life, stage: str) -> list[float]:
    """Days of every recorded stay in a stage that has ended."""
    path = recorded_path(life)
    return [(end - at).total_seconds() / 86400 for (at, name), (end, _) in pairwise(path) if name == stage]


def first_entries(life: Life) -> dict[str, datetime]:
    """First time in each stage; who is found in a later one passed the earlier ones by then (policy impute)."""
    path = recorded_path(life)
    found: dict[str, datetime] = {}
    for place, stage in enumerate(FORWARD):
        times = [at for at, name in path if name in FORWARD and FORWARD.index(name) >= place]
        if times:
            found[stage] = min(times)
    for stage, names in (("Customer", ("Customer", "Retained", "Churned")), ("Retained", ("Retained",)),
                         ("Churned", ("Churned",))):  # fmt: skip
        if times := [at for at, name in path if name in names]:
            found[stage] = min(times)
    return found


def first_stay(life: Life, stage: str) -> float:
    """Days of the first stay in a stage so far; 0 for somebody who skipped it."""
    path = recorded_path(life)
    began = first_entries(life)[stage]
    for place, (at, name) in enumerate(path):
        if at == began:
            following = path[place + 1][0] if place + 1 < len(path) else None
            days = (following - at).total_seconds() / 86400 if following else age(at)
            return days if name == stage else 0
    return 0


def has_ended(life: Life) -> bool:
    """Whether nothing more is to be expected: lost, recycled or a customer today."""
    stage = position(recorded_path(life), AS_OF)
    return stage in ("Lost", "Recycled", "Customer", "Retained", "Churned")
