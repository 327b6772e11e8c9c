"""Marketing tools of Wren & Row: what was spent, sent and visited each day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sample_company.chance import Chance
from sample_company.company import Account
from sample_company.money import month_start
from sample_company.shop import story
from sample_company.world import DAY, World


@dataclass(frozen=True)
class AdDay:
    """One campaign on one day; purchases and their value are what the platform claims."""

    day: date
    campaign: str
    spend: Decimal
    impressions: int
    clicks: int
    purchases: int
    value: Decimal


@dataclass(frozen=True)
class Send:
    """One newsletter with its counts at the export."""

    campaign_id: str
    name: str
    sent_at: datetime
    recipients: int
    delivered: int
    opens: int
    clicks: int
    unsubscribes: int
    orders: int
    revenue: Decimal


@dataclass(frozen=True)
class WebDay:
    """Sessions of one default channel group on one day."""

    day: date
    group: str
    users: int
    sessions: int
    engaged: int
    purchases: int


def ad_days(world: World, account: Account) -> Iterator[AdDay]:
    """The campaigns of one account day by day; a paused day has no row."""
    for day in story.days(world):
        for campaign, (owner, _, daily) in story.CAMPAIGNS.items():
            chance = Chance(world.seed, "shop ads", day, campaign)
            if owner is not account or chance.happens(0.05):
                continue
            clicks = chance.count(daily * world.scale * 0.9)
            spend = Decimal(round(100 * daily * world.scale * chance.within(0.7, 1.3))) / 100
            purchases = chance.count(clicks * 0.04)
            value = sum((Decimal(chance.between(1_000, 15_000)) / 100 for _ in range(purchases)), Decimal(0))
            yield AdDay(day, campaign, spend, clicks * chance.between(40, 90) + 10, clicks, purchases, value)


def sends(world: World) -> Iterator[Send]:
    """A newsletter on the third of each month, at nine on the company's clock."""
    month, number = month_start(world.start, 0), 0
    while month.replace(day=3) <= story.last_day(world):
        number += 1
        chance = Chance(world.seed, "shop mail", month)
        recipients = chance.between(900, 1_400) + 60 * number
        delivered = recipients - chance.between(2, 20)
        opens = int(delivered * chance.within(0.3, 0.5))
        clicks = int(opens * chance.within(0.05, 0.12))
        bought = int(clicks * chance.within(0.05, 0.2))
        yield Send(
            f"01JSHOP{number:019d}", f"Letter {month:%Y-%m}", story.local(month.replace(day=3), 9), recipients,
            delivered, opens, clicks, chance.between(0, 6), bought,
            Decimal(bought * chance.between(2_000, 7_000)) / 100,
        )  # fmt: skip
        month = month_start(month, 1)


GROUPS = (("Paid Social", 60.0), ("Organic Search", 45.0), ("Direct", 30.0), ("Email", 14.0), ("Referral", 6.0))


def web_days(world: World) -> Iterator[WebDay]:
    """GA4's sessions by channel group and day."""
    for day in story.days(world):
        for group, daily in GROUPS:
            chance = Chance(world.seed, "shop web", day, group)
            sessions = chance.count(daily * world.scale * 4) + 1
            users = max(1, int(sessions * chance.within(0.7, 0.95)))
            engaged = int(sessions * chance.within(0.4, 0.7))
            yield WebDay(day, group, users, sessions, engaged, chance.count(sessions * 0.02))


@dataclass(frozen=True)
class SearchDay:
    """One query in Google's results on one day; `position` is the average place of the page."""

    day: date
    query: str
    page: str
    country: str
    device: str
    clicks: int
    impressions: int
    position: Decimal


QUERIES = (
    ("wool throw", "https://wrenandrow.example/throws", 4.0),
    ("linen cushion cover", "https://wrenandrow.example/linen", 6.5),
    ("wren and row", "https://wrenandrow.example/", 1.2),
)  # fmt: skip


def search_days(world: World) -> Iterator[SearchDay]:
    """Google's results by day, query, page, country and device, as the interface for programs gives them."""
    for day in story.days(world):
        for query, page, place in QUERIES:
            for country, device in (("usa", "MOBILE"), ("usa", "DESKTOP"), ("deu", "MOBILE")):
                chance = Chance(world.seed, "shop search", day, query, country, device)
                shown = chance.count(25 * world.scale)
                if shown:
                    position = Decimal(round(10 * place * chance.within(0.8, 1.3))) / 10
                    clicks = min(shown, chance.count(shown * 0.08))
                    yield SearchDay(day, query, page, country, device, clicks, shown, max(position, Decimal(1)))


def months(world: World) -> Iterator[tuple[date, date]]:
    """First and last day of each month of the story."""
    month = world.start
    while month <= story.last_day(world):
        yield month, month_start(month, 1) - DAY
        month = month_start(month, 1)
