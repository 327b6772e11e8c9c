"""The truth about money: what each month cost and earned, and who bears the shared costs whose key is plain to see.

Shared by `leads` and by `even` among channels is left out: one part of the story does not know which channels were
at work. Days, cents and the cents that are left over are those of the decisions on money, worked out anew here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sample_company.company import PLACEMENTS
from sample_company.money import month_start, to_usd
from sample_company.story import ads, plans
from sample_company.truth import TruthTables
from sample_company.truth_customers import Part, cost_of
from sample_company.world import DAY, World

CATEGORIES = ("media", "production", "tools", "people", "other")
_CENT = Decimal("0.01")
_SOCIAL = ("meta_ads", "linkedin_ads")
_STEPS = {"Shows interest": "Inquiry"}
"""Steps of the buyer that costs name, and what they are of ours."""


@dataclass
class MoneyTruth:
    """Gathers won deals and deals in work; `finish` writes both tables."""

    world: World
    tables: TruthTables
    revenue: dict[date, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    costed: dict[date, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    margin: dict[date, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    won: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    worked: list[tuple[date, date, str]] = field(default_factory=list)

    def sold(self, day: date, parts: Sequence[Part]) -> None:
        """A won deal."""
        month = month_start(day)
        self.won[month] += sum(part[2] for part in parts) >= 0
        for part in parts:
            usd, cost = part[3], cost_of(*part)
            self.revenue[month] += usd
            if cost is not None:
                self.costed[month] += usd
                self.margin[month] += usd - cost

    def in_work(self, created: date, closed: date | None, team: str) -> None:
        """A deal that a team worked on from its creation to its close."""
        self.worked.append((created, closed or self.world.exported.date(), team))

    def finish(self) -> None:
        """Write cost_shares, cost_steps and roi_monthly."""
        media = _spend(self.world)
        costs = [cost for cost in plans.costs(self.world) if cost.kind == "actual"]
        self._shares(costs, media)
        self._steps(costs, media)
        self._returns(costs, media)

    def _shares(self, costs: Sequence[plans.Cost], media: Mapping[tuple[date, str], Decimal]) -> None:
        """cost_shares: USD of shared costs by month and target: campaigns by their part of the month's spend on paid
        social, sales teams evenly.
        """
        self.tables.open("cost_shares", ("month", "cost_id", "target", "amount_usd"))
        for cost in costs:
            month = month_start(cost.period_start)
            if cost.allocation_key == "spend":
                weights = {name: int(usd * 1_000_000) for (at, name), usd in media.items() if at == month and name}
            elif cost.allocation_key == "even" and cost.department == "sales":
                end = month_start(month, 1)
                weights = {team: 1 for created, closed, team in self.worked if created < end and closed >= month}
            else:
                continue
            sums: dict[str, int] = defaultdict(int)
            for _, cents in self._days(cost):
                for target, share in _shared(cents, weights).items():
                    sums[target] += share
            for target, cents in sums.items():
                self.tables.add("cost_shares", (month, cost.cost_id, target, cents * _CENT))

    def _steps(self, costs: Sequence[plans.Cost], media: Mapping[tuple[date, str], Decimal]) -> None:
        """cost_steps: USD by month and step on the way to the sale: ads and what marketing pays bring leads, sales
        works on deals, where a cost does not say otherwise.
        """
        self.tables.open("cost_steps", ("month", "sales_step", "amount_usd"))
        sums: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
        for (month, _), usd in media.items():
            sums[month, "Lead"] += usd
        for cost in costs:
            step = _STEPS.get(cost.sales_step, cost.sales_step)
            for day, cents in self._days(cost):
                sums[month_start(day), step or {"marketing": "Lead", "sales": "Opportunity"}[cost.department]] += (
                    cents * _CENT
                )
        for (month, step), usd in sorted(sums.items()):
            self.tables.add("cost_steps", (month, step, usd))

    def _returns(self, costs: Sequence[plans.Cost], media: Mapping[tuple[date, str], Decimal]) -> None:
        """roi_monthly: costs in USD (media with 6 decimals), won revenue and what of it has a known cost, and the
        returns on the margin of all revenue, which is scaled up from a known part of at least half.
        """
        self.tables.open("roi_monthly", (
            "month", *CATEGORIES, "marketing_cost", "sales_cost", "revenue", "revenue_with_cost", "gross_margin",
            "won_deals", "margin", "marketing_roi", "sales_roi", "combined_roi",
        ))  # fmt: skip
        spent: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
        for (month, _), usd in media.items():
            spent[month, "media"] += usd
            spent[month, "marketing"] += usd
        for cost in costs:
            for day, cents in self._days(cost):
                spent[month_start(day), cost.category] += cents * _CENT
                spent[month_start(day), cost.department] += cents * _CENT
        month = self.world.start
        while month <= self.world.end:
            marketing, sales = spent[month, "marketing"], spent[month, "sales"]
            margin = self._margin(month)
            bases = (marketing, sales, marketing + sales)
            returns = [None if margin is None or not base else float((margin - base) / base) for base in bases]
            self.tables.add("roi_monthly", (
                month, *(spent[month, one] for one in CATEGORIES), marketing, sales, self.revenue[month],
                self.costed[month], self.margin[month], self.won[month], margin, *returns,
            ))  # fmt: skip
            month = month_start(month, 1)

    def _margin(self, month: date) -> Decimal | None:
        """The margin of all revenue of the month; None if the cost of less than half of it is known."""
        revenue, costed = self.revenue[month], self.costed[month]
        if revenue == costed:
            return self.margin[month]
        if not revenue or not Decimal("0.5") <= costed / revenue <= 1:
            return None
        return (self.margin[month] * revenue / costed).quantize(_CENT, ROUND_HALF_UP)

    def _days(self, cost: plans.Cost) -> Iterator[tuple[date, int]]:
        """Cents of each day up to the export: after each day, the whole cents of what is due by then are paid."""
        total = int(to_usd(self.world.seed, Decimal(cost.amount), cost.currency, cost.period_start) / _CENT)
        count = (cost.period_end - cost.period_start).days + 1
        for number in range(count):
            if (day := cost.period_start + DAY * number) <= self.world.exported.date():
                yield day, total * (number + 1) // count - total * number // count


def _spend(world: World) -> dict[tuple[date, str], Decimal]:
    """USD spent on ads by month and campaign of paid social; all other campaigns are one without a name."""
    sums: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for account in dict.fromkeys(placement.account for placement in PLACEMENTS):
        for placement in ads.placements(world, account):
            name = placement.campaign if account.source in _SOCIAL else ""
            for day in world.days():
                one = ads.ad_day(world, placement, day)
                if one is not None:
                    sums[month_start(day), name] += to_usd(world.seed, one.spend, account.currency, day, 6)
    return sums


def _shared(cents: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Cents by weight: whole ones for each, the rest to the largest remainders (ties: by name)."""
    total = sum(weights.values())
    shares = {name: cents * weight // total for name, weight in weights.items()}
    rest = cents - sum(shares.values())
    for name in sorted(weights, key=lambda one: (-(cents * weights[one] % total), one))[:rest]:
        shares[name] += 1
    return shares
