"""What the ad platforms counted: one placement on one day, as first reported and as finally settled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sample_company.chance import Chance
from sample_company.company import PLACEMENTS, Account, Placement
from sample_company.money import month_start, rounded
from sample_company.world import DAY, World

OVERLAP_DAYS = 35
"""A daily export repeats this many days before its own, because platforms go on correcting them."""


@dataclass(frozen=True)
class AdDay:
    """One placement's day, money in the account's currency. `reach` None: too few people to be reported."""

    placement: Placement
    day: date
    spend: Decimal
    impressions: int
    clicks: int
    conversions: int
    value: Decimal
    reach: int | None


@dataclass(frozen=True)
class Export:
    """One daily export: it covers `first` to `last` and was made on `exported`; `newer` windows restate it."""

    first: date
    last: date
    exported: date
    newer: tuple[tuple[date, date], ...] = ()

    def is_final(self, day: date) -> bool:
        """True if no newer export repeats `day`."""
        return not any(first <= day <= last for first, last in self.newer)


def placements(world: World, account: Account) -> list[Placement]:
    """The campaigns of one account. Above scale 1 each gets numbered variants, so that rows grow with volume."""
    variants = max(1, round(world.scale))
    chosen = []
    for base in PLACEMENTS:
        if base.account != account:
            continue
        budget = base.daily_spend * world.scale / variants
        chosen.append(replace(base, daily_spend=budget))
        for number in range(2, variants + 1):
            chosen.append(
                replace(
                    base,
                    campaign=f"{base.campaign} {number:04d}",
                    campaign_id=f"{base.campaign_id[:-5]}{number:04d}{base.campaign_id[-5:]}",
                    daily_spend=budget,
                )
            )
    return chosen


def ad_day(world: World, placement: Placement, day: date) -> AdDay | None:
    """The settled numbers of one placement on one day; None if nothing was shown (paused)."""
    chance = Chance(world.seed, "ads", placement.account.account_id, placement.campaign_id, day)
    if chance.happens(0.03):
        return None
    weekend = 0.6 if day.weekday() >= 5 else 1.0
    target = placement.daily_spend * weekend * world.growth(day) * chance.within(0.7, 1.3)
    clicks = chance.count(target / placement.cpc)
    impressions = max(clicks, chance.count(clicks / placement.ctr) + chance.between(0, 20))
    spend = rounded(clicks * placement.cpc * chance.within(0.85, 1.15), placement.account.currency)
    conversions = chance.count(clicks * placement.cvr)
    value = rounded(conversions * placement.value * chance.within(0.7, 1.4), placement.account.currency)
    reach = int(impressions * chance.within(0.55, 0.9))
    return AdDay(placement, day, spend, impressions, clicks, conversions, value, reach if reach >= 120 else None)


def before_period(world: World) -> tuple[date, date]:
    """The month before the daily history begins, of which only a whole-month report exists."""
    return month_start(world.start, -1), world.start - DAY


def first_reported(final: AdDay) -> AdDay:
    """The numbers of a day as an export saw them before they settled: some conversions and clicks still missing."""
    chance = Chance("first", final.placement.campaign_id, final.day)
    conversions = int(final.conversions * 0.7)
    share = Decimal(conversions) / Decimal(final.conversions) if final.conversions else Decimal(0)
    currency = final.placement.account.currency
    return replace(
        final,
        spend=rounded(final.spend * Decimal("1.012"), currency),
        clicks=final.clicks + chance.between(0, 2),
        conversions=conversions,
        value=rounded(final.value * share, currency),
    )


def exports(world: World, *, overlap: int = OVERLAP_DAYS) -> list[Export]:
    """The daily exports of an account: one a quarter reaching back `overlap` days, and the newest of the last days.

    Together they cover the whole history; every day's settled numbers are in the newest export that has it.
    """
    made = []
    first = world.start
    newest_first = max(world.start, world.end - DAY * (overlap - 1))
    stop = world.end - DAY * 7
    while first <= stop:
        following = month_start(first, 3 - (first.month - 1) % 3)
        last = min(following - DAY, stop)
        made.append(Export(max(world.start, first - DAY * overlap), last, last + DAY * 2))
        first = following
    made.append(Export(newest_first, world.end, world.end + DAY))
    return [
        replace(one, newer=tuple((later.first, later.last) for later in made[index + 1 :]))
        for index, one in enumerate(made)
    ]


def late_export(world: World) -> Export:
    """An older export that arrives last: every day of it has been restated by one made later."""
    last = world.end - DAY * 20
    first = max(world.start, last - DAY * 20)
    return Export(first, last, last + DAY, ((first, last),))


def rows(world: World, account: Account, export: Export) -> Iterator[AdDay]:
    """The rows of one daily export, day by day, with the numbers it saw."""
    chosen = placements(world, account)
    day = export.first
    while day <= export.last:
        final = export.is_final(day)
        for placement in chosen:
            found = ad_day(world, placement, day)
            if found is not None:
                yield found if final else first_reported(found)
        day += DAY
