"""The partner unit's deals, kept in HubSpot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sample_company.chance import Chance
from sample_company.company import HUBSPOT, HUBSPOT_STAGES, LOSS_REASONS, PARTNER_REPS, Rep
from sample_company.money import rounded
from sample_company.people import person
from sample_company.world import World

DEALS_A_DAY = 0.35
WON, LOST = len(HUBSPOT_STAGES) - 2, len(HUBSPOT_STAGES) - 1
_COMPANY_NUMBERS = 80_000_000


@dataclass(frozen=True)
class PartnerDeal:
    """One deal: `entered` holds the instant (UTC) at which it entered each stage it reached, in order."""

    deal_id: str
    company_id: str
    name: str
    company: str
    owner: Rep
    currency: str
    amount: Decimal
    created_at: datetime
    entered: tuple[tuple[int, datetime], ...]
    loss_reason: str
    traffic_source: str

    def stage_at(self, instant: datetime) -> int:
        """The stage (index into HUBSPOT_STAGES) at `instant`."""
        return [stage for stage, at in self.entered if at < instant][-1]


def deals(world: World) -> Iterator[PartnerDeal]:
    """The deals in order of their creation; at least one is won in every sample."""
    number = 0
    for day in world.days():
        chance = Chance(world.seed, "partner", day)
        due = (world.end - day).days == 30
        for _ in range(chance.count(DEALS_A_DAY * world.scale * world.growth(day)) + due):
            if day.weekday() >= 5 and not due:
                continue
            number += 1
            yield _deal(world, Chance(world.seed, "partner", day, number), number, _clock(chance, day.toordinal()), due)


def _clock(chance: Chance, ordinal: int) -> datetime:
    """An instant (UTC) within office hours of the account's time zone, so that both clocks name the same day."""
    day = datetime.fromordinal(ordinal)
    local = day + timedelta(hours=9, minutes=chance.between(0, 479))
    return local.replace(tzinfo=ZoneInfo(HUBSPOT.timezone)).astimezone(ZoneInfo("UTC"))


def _deal(world: World, chance: Chance, number: int, created: datetime, must_win: bool) -> PartnerDeal:
    entered = [(0, created)]
    day = created.toordinal()
    while entered[-1][0] < WON:
        day += 1 + int(chance.waiting(4)) if must_win else 1 + int(chance.waiting(8))
        current = entered[-1][0]
        lost = chance.happens(0.15) and not must_win
        skips = current < WON - 1 and chance.happens(0.1)
        if must_win:
            day = min(day, world.end.toordinal() - (WON - current) + 1)
        at = _clock(chance, day)
        entered.append((LOST if lost else current + 1 + skips, at))
    entered = [step for step in entered if step[1] < world.cutoff]
    currency = chance.weighted((("EUR", 6.0), ("USD", 4.0)))
    who = person(world.seed, _COMPANY_NUMBERS + number, "DE" if currency == "EUR" else "US")
    return PartnerDeal(
        str(18_700_000_000 + number * 7),
        str(9_100_000_000 + number * 3),
        f"{who.company} via partner",
        who.company,
        chance.pick(PARTNER_REPS),
        currency,
        rounded(Decimal(chance.between(10, 240) * 50) + Decimal(chance.pick(("0", "0", "0.75"))), currency),
        created,
        tuple(entered),
        chance.pick(LOSS_REASONS) if entered[-1][0] == LOST and chance.happens(0.8) else "",
        chance.pick(("Offline Sources", "Referrals", "Organic Search", "Direct Traffic", "Paid Search")),
    )
