"""Sessions on the websites by default channel group: paid channels follow what the ads were meant to bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sample_company.chance import Chance
from sample_company.company import CAMPAIGNS, GA4_LATAM, GA4_MAIN, PLACEMENTS, Account
from sample_company.world import DAY, World

_CHANNEL_OF = {campaign.name: campaign.channel for campaign in CAMPAIGNS}
_FREE = {
    "Organic Search": 210.0,
    "Direct": 130.0,
    "Referral": 35.0,
    "Organic Social": 45.0,
    "Email": 40.0,
    "Unassigned": 6.0,
}


@dataclass(frozen=True)
class WebDay:
    """One channel group's day on one property. `seconds` is the engagement time of all its sessions together."""

    account: Account
    day: date
    channel_group: str
    users: int
    sessions: int
    engaged: int
    seconds: int
    events: int
    key_events: int
    revenue: Decimal


def _expected(account: Account) -> dict[str, float]:
    if account is GA4_LATAM:
        return {"Organic Search": 26.0, "Direct": 17.0, "Referral": 4.0, "Organic Social": 8.0}
    wanted = dict(_FREE)
    for placement in PLACEMENTS:
        channel = _CHANNEL_OF[placement.campaign]
        wanted[channel] = wanted.get(channel, 0.0) + 0.9 * placement.daily_spend / placement.cpc
    return wanted


def web_days(world: World, account: Account, first: date, last: date) -> Iterator[WebDay]:
    """The property's days from `first` to `last` with their settled numbers; channels without sessions are absent."""
    expected = _expected(account)
    day = first - DAY
    while day < last:
        day += DAY
        chance = Chance(world.seed, "web", account.account_id, day)
        for channel, mean in expected.items():
            weekend = 0.65 if day.weekday() >= 5 else 1.0
            sessions = chance.count(mean * weekend * world.growth(day) * world.scale * chance.within(0.8, 1.2))
            if not sessions:
                continue
            engaged = int(sessions * chance.within(0.45, 0.7))
            events = sessions * chance.between(4, 7)
            key_events = min(engaged, chance.count(sessions * 0.025))
            revenue = Decimal(chance.count(key_events * 0.2) * 149) + Decimal("0.50") * chance.between(0, 1)
            yield WebDay(
                account,
                day,
                channel,
                max(1, int(sessions * chance.within(0.78, 0.93))),
                sessions,
                engaged,
                int(sessions * chance.within(35, 95)),
                events,
                key_events,
                revenue if account is GA4_MAIN and key_events else Decimal(0),
            )


def first_reported(final: WebDay) -> WebDay:
    """The numbers of a day before processing was complete."""
    share = 0.97
    return WebDay(
        final.account,
        final.day,
        final.channel_group,
        max(1, int(final.users * share)),
        max(1, int(final.sessions * share)),
        int(final.engaged * share),
        int(final.seconds * share),
        int(final.events * share),
        int(final.key_events * share),
        final.revenue,
    )
