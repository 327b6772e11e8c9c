"""The mailings and what their recipients did: counters that go on growing for weeks after the send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sample_company.chance import Chance
from sample_company.company import KLAVIYO, MAILCHIMP, Account
from sample_company.money import rounded
from sample_company.world import DAY, MONTHS, World, midnight

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Series:
    """A series of mailings: which weekday (0 = Monday), every how many weeks, in which months, to how many people."""

    account: Account
    title: str
    subject: str
    audience: str
    weekday: int
    every_weeks: int
    months: tuple[int, ...]
    recipients: int
    open_rate: float
    sells: float


SERIES = (
    Series(MAILCHIMP, "Monthly Newsletter", "What's new at Brightloom", "All contacts", 1, 4, (), 6_200, 0.31, 0.0004),
    Series(
        MAILCHIMP,
        "Spring Webinar Series",
        "Join us live, {month}",
        "US prospects",
        3,
        1,
        (3, 4, 5, 9, 10),
        2_400,
        0.27,
        0.0,
    ),
    Series(MAILCHIMP, "Product Tips", "Three tips, two minutes", "Customers", 2, 2, (), 1_100, 0.42, 0.001),
    Series(KLAVIYO, "monthly_newsletter", "Neues von Brightloom", "DE Newsletter", 1, 4, (), 3_100, 0.36, 0.0006),
    Series(
        KLAVIYO, "store_offer_de", "-10 % im Store, nur heute", "DE Newsletter, Store", 4, 2, (), 2_700, 0.25, 0.004
    ),
)


@dataclass(frozen=True)
class Send:
    """One send with its final counters; `sent_at` in UTC, `sent_local` on the account's clock."""

    series: Series
    campaign_id: str
    subject: str
    suffix: str
    sent_at: datetime
    sent_local: datetime
    recipients: int
    hard_bounces: int
    soft_bounces: int
    opens: int
    opens_total: int
    clicks: int
    clicks_total: int
    unsubscribes: int
    complaints: int
    forwards: int
    orders: int
    revenue: Decimal

    @property
    def delivered(self) -> int:
        """Recipients less all bounces."""
        return self.recipients - self.hard_bounces - self.soft_bounces


GROWING = ("opens", "opens_total", "clicks", "clicks_total", "unsubscribes", "complaints", "forwards", "orders")


def counters_at(send: Send, instant: datetime) -> dict[str, int]:
    """The growing counters as they stood at `instant`: half at once, the rest over 60 days."""
    age = max(0.0, (instant - send.sent_at) / timedelta(days=1))
    share = min(1.0, 0.5 + 0.5 * age / 60)
    return {name: int(getattr(send, name) * share) for name in GROWING}


def revenue_at(send: Send, instant: datetime) -> Decimal:
    """Revenue of the orders counted at `instant`."""
    if not send.orders:
        return Decimal(0)
    counted = counters_at(send, instant)["orders"]
    return rounded(send.revenue * counted / send.orders, send.series.account.currency)


def snapshots(world: World, account: Account) -> list[datetime]:
    """When the counters were exported, oldest first (UTC)."""
    length = (world.end - world.start).days
    shares = (0.55, 0.8) if account is MAILCHIMP else (0.75,)
    days = [world.start + DAY * int(length * share) for share in shares]
    return [midnight(day) + timedelta(hours=7) for day in days] + [world.exported]


def sends(world: World, account: Account) -> Iterator[Send]:
    """Every send of the account in order of its day."""
    for day in world.days():
        week = day.toordinal() // 7
        for number, series in enumerate(SERIES):
            runs = not series.months or day.month in series.months
            due = day.weekday() == series.weekday and week % series.every_weeks == 0
            if series.account is account and runs and due:
                yield from _send(world, series, number, day)


def _send(world: World, series: Series, number: int, day: date) -> Iterator[Send]:
    chance = Chance(world.seed, "email", series.account.account_id, number, day)
    clock = timedelta(hours=chance.between(8, 15), minutes=chance.pick((0, 15, 30)))
    local = midnight(day).replace(tzinfo=ZoneInfo(series.account.timezone)) + clock
    split = series.title == "Monthly Newsletter" and day.month % 3 == 0
    for suffix in (" | Combo 1", " | Combo 2") if split else ("",):
        recipients = chance.count(series.recipients * world.scale * world.growth(day) / (2 if split else 1))
        hard, soft = chance.count(recipients * 0.004), chance.count(recipients * 0.008)
        recipients = max(recipients, hard + soft + 1)
        delivered = recipients - hard - soft
        opens = min(delivered, chance.count(delivered * series.open_rate * chance.within(0.85, 1.15)))
        clicks = min(opens, chance.count(opens * chance.within(0.06, 0.16)))
        orders = min(clicks, chance.count(delivered * series.sells))
        price = chance.within(60, 210)
        yield Send(
            series,
            _identity(chance, series.account),
            series.subject.format(month=MONTHS[day.month - 1]),
            suffix,
            local.astimezone(UTC),
            local,
            recipients,
            hard,
            soft,
            opens,
            opens + chance.count(opens * 0.6),
            clicks,
            clicks + chance.count(clicks * 0.3),
            chance.count(delivered * 0.0015),
            chance.count(delivered * 0.0002),
            chance.count(opens * 0.003),
            orders,
            rounded(orders * price, series.account.currency),
        )


def _identity(chance: Chance, account: Account) -> str:
    if account is MAILCHIMP:
        return "".join(chance.pick("0123456789abcdef") for _ in range(10))
    return "01JQ" + "".join(chance.pick(_CROCKFORD) for _ in range(22))
