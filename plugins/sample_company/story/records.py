"""The records of the CRM as they are in the story: each with the instants at which it changed.

A writer shows a record as it was at the moment of an export; the truth shows it as it is at the end.
All instants are UTC.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from sample_company.company import Campaign, Country, Product, Rep
from sample_company.people import Person
from sample_company.world import midnight

NO_ID = "000000000000000AAA"
"""How Salesforce writes an empty lookup."""

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_SUFFIX = string.ascii_uppercase + string.digits[:6]


def salesforce_id(prefix: str, number: int) -> str:
    """The 18-character id of the `number`-th record of the object with this key prefix."""
    tail = ""
    while number:
        number, digit = divmod(number, 62)
        tail = _BASE62[digit] + tail
    fifteen = prefix + "5f00000" + tail.rjust(5, "0")
    return fifteen + case_checksum(fifteen)


def case_checksum(fifteen: str) -> str:
    """The three characters that distinguish 15-character ids which differ only in case."""
    return _chunk_checksum(fifteen[:5]) + _chunk_checksum(fifteen[5:10]) + _chunk_checksum(fifteen[10:])


@lru_cache(maxsize=4096)
def _chunk_checksum(five: str) -> str:
    return _SUFFIX[sum(1 << bit for bit, letter in enumerate(five) if letter.isupper())]


@dataclass
class StatusChange:
    """A lead got a status; `old` is empty for the creation."""

    id: str
    at: datetime
    old: str
    new: str


@dataclass
class Lead:
    """One lead row. Merged away: deleted with `merged_into`; purged: gone without a trace from then on."""

    id: str
    person: Person
    created_at: datetime
    lead_source: str
    channel: str
    campaign: Campaign | None
    country: Country | None
    owner: Rep
    department: str
    changes: list[StatusChange] = field(default_factory=list)
    account_id: str = NO_ID
    contact_id: str = NO_ID
    opportunity_id: str = NO_ID
    deleted_at: datetime | None = None
    purged_at: datetime | None = None
    merged_into: str = NO_ID

    def converted_at(self) -> datetime | None:
        """When the lead was converted, or None."""
        return next((change.at for change in self.changes if change.new == "Qualified"), None)


@dataclass
class CrmAccount:
    """A company in the CRM."""

    id: str
    name: str
    country: Country | None
    shipping: Country | None
    segment: str
    industry: str
    employees: int
    lead_source: str
    owner: Rep
    created_at: datetime


@dataclass
class Contact:
    """A person at an account."""

    id: str
    account_id: str
    person: Person
    lead_source: str
    owner: Rep
    created_at: datetime
    country: Country | None


@dataclass
class StageChange:
    """A row of the opportunity history: stage, amount and close date from this instant on."""

    id: str
    at: datetime
    stage: str
    old: str
    amount: Decimal
    close_date: date


@dataclass
class Line:
    """A product on an opportunity, sold at `unit_price`."""

    id: str
    product: Product
    quantity: int
    unit_price: Decimal
    created_at: datetime

    @property
    def total(self) -> Decimal:
        """Quantity times unit price."""
        return self.unit_price * self.quantity


@dataclass
class Split:
    """A representative's part of a deal, in percent. The parts of revenue come to 100; an overlay is beside them."""

    id: str
    owner: Rep
    percent: Decimal
    is_overlay: bool = False


@dataclass
class Opportunity:
    """A deal; `history` is in order of time and never empty."""

    id: str
    name: str
    account: CrmAccount
    owner: Rep
    currency: str
    kind: str
    lead_source: str
    campaign: Campaign | None
    distribution_channel: str
    created_at: datetime
    history: list[StageChange] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)
    loss_reason: str = ""
    deleted_at: datetime | None = None
    lead_ids: list[str] = field(default_factory=list)


@dataclass
class Member:
    """A lead's (later a contact's) membership in a campaign; `responded_at` None: only targeted."""

    id: str
    campaign: Campaign
    lead: Lead | None
    contact_id: str
    created_at: datetime
    responded_at: datetime | None


@dataclass
class Role:
    """A contact's role on an opportunity."""

    id: str
    opportunity: Opportunity
    contact_id: str
    role: str
    created_at: datetime


@dataclass
class Activity:
    """A task (`minutes` None) or an event. `seconds` is a call's length; 0 means it was no call or nobody answered."""

    id: str
    kind: str
    lead: Lead | None
    opportunity: Opportunity | None
    account_id: str
    owner: Rep
    at: datetime
    seconds: int
    minutes: int | None
    outcome: str


@dataclass
class SubscriptionChange:
    """What the CRM shows of a subscription from this instant on; `ended_on` is its end as entered then."""

    at: datetime
    status: str
    amount: Decimal
    ended_on: date | None = None


@dataclass
class Subscription:
    """One contract; `amount` of its changes is the price of a billing period for the whole quantity."""

    id: str
    account: CrmAccount
    opportunity: Opportunity | None
    product: Product
    currency: str
    period: str
    quantity: int
    started_on: date
    is_trial: bool = False
    reason: str = ""
    changes: list[SubscriptionChange] = field(default_factory=list)

    def change(self, day: date, status: str, *, amount: Decimal | None = None, ended_on: date | None = None) -> None:
        """The CRM shows something else from nine o'clock of `day` on."""
        price = self.changes[-1].amount if amount is None else amount
        self.changes.append(SubscriptionChange(midnight(day) + timedelta(hours=9), status, price, ended_on))

    def end(self, day: date, reason: str = "") -> None:
        """The contract ends with `day`."""
        self.reason = reason
        self.change(day, "Cancelled", ended_on=day)


@dataclass
class Journey:
    """Everything that hangs together around one person or one deal."""

    leads: list[Lead] = field(default_factory=list)
    accounts: list[CrmAccount] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    opportunities: list[Opportunity] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)

    def people(self) -> list[Person]:
        """Everybody in the journey, once."""
        known = [lead.person for lead in self.leads] + [contact.person for contact in self.contacts]
        return list({one.key: one for one in known}.values())

    def last_change(self) -> datetime:
        """The last instant at which anything in the journey was made or changed."""
        instants = [change.at for lead in self.leads for change in lead.changes]
        instants += [at for lead in self.leads for at in (lead.deleted_at, lead.purged_at) if at]
        instants += [change.at for deal in self.opportunities for change in deal.history]
        instants += [deal.deleted_at for deal in self.opportunities if deal.deleted_at]
        instants += [account.created_at for account in self.accounts]
        instants += [contact.created_at for contact in self.contacts]
        instants += [member.created_at for member in self.members]
        instants += [role.created_at for role in self.roles]
        instants += [activity.at for activity in self.activities]
        instants += [change.at for one in self.subscriptions for change in one.changes]
        return max(instants)
