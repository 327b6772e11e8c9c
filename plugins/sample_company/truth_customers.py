"""The truth about customers: what they pay by the month, and what each has brought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from sample_company.company import REPORTING_CURRENCY, Product
from sample_company.money import month_start, rounded, to_usd
from sample_company.story.records import Subscription
from sample_company.story.subscriptions import PERIODS_A_YEAR
from sample_company.truth import TruthTables
from sample_company.world import DAY, World

GRACE_DAYS = 30
WINDOWS = (30, 90, 180, 365)
_COUNTING = ("Active", "Cancelled")
Part = tuple[Product | None, int | None, Decimal, Decimal, bool]
"""Product and quantity (None: unknown), native amount, amount in USD, whether it is the lines' rest to the header."""


@dataclass
class _Sale:
    day: date
    parts: Sequence[Part]

    @property
    def usd(self) -> Decimal:
        return sum((part[3] for part in self.parts), Decimal(0))

    @property
    def profit(self) -> Decimal | None:
        """Revenue less cost of goods; None if a part's cost is unknown."""
        costs = [cost_of(*part) for part in self.parts]
        known = [cost for cost in costs if cost is not None]
        return self.usd - sum(known, Decimal(0)) if len(known) == len(costs) else None


def cost_of(
    product: Product | None, quantity: int | None, native: Decimal, usd: Decimal, is_rest: bool
) -> Decimal | None:
    """What a part of a sale cost in USD; None if nobody knows. A rest below zero costs nothing."""
    if is_rest and native <= 0:
        return Decimal(0)
    return rounded(product.unit_cost * quantity, REPORTING_CURRENCY) if product and quantity is not None else None


@dataclass
class CustomerTruth:
    """Gathers sales and subscriptions by customer; `finish` writes both tables."""

    world: World
    tables: TruthTables
    sales: dict[str, list[_Sale]] = field(default_factory=lambda: defaultdict(list))
    contracts: dict[str, list[Subscription]] = field(default_factory=lambda: defaultdict(list))

    def sold(self, customer: str, day: date, parts: Sequence[Part]) -> None:
        """A won deal of the customer."""
        self.sales[customer].append(_Sale(day, parts))

    def subscribed(self, customer: str, contracts: Sequence[Subscription]) -> None:
        """Contracts of the customer."""
        self.contracts[customer] += contracts

    def finish(self) -> None:
        """Write mrr_monthly and customer_value."""
        self._mrr()
        self._value()

    def _mrr(self) -> None:
        """mrr_monthly: level of each customer at the end of each month and on the day of the export, in USD by the rate
        of each contract's first day, and what led there. Months without any are left out.
        """
        self.tables.open("mrr_monthly", ("month", "customer", "movement", "mrr_start", "mrr_end", "mrr_in_grace"))
        days, month = [], self.world.start
        while month_start(month, 1) - DAY < self.world.exported.date():
            days.append(month_start(month, 1) - DAY)
            month = month_start(month, 1)
        for customer, contracts in self.contracts.items():
            before, known = Decimal(0), False
            for day in [*days, self.world.exported.date()]:
                level, in_grace = self._level(contracts, day)
                if level or before:
                    kind = _movement(before, level, known)
                    self.tables.add("mrr_monthly", (month_start(day), customer, kind, before, level, in_grace))
                before, known = level, known or level > 0

    def _level(self, contracts: list[Subscription], day: date) -> tuple[Decimal, Decimal]:
        """What the customer pays a month on `day`, and how much of it is a renewal still to come."""
        level = sum((self._price(one, day) for one in contracts), Decimal(0))
        if level:
            return level, Decimal(0)
        ends = [one.changes[-1].ended_on for one in contracts if _recurs(one)]
        last = max((end for end in ends if end and end < day), default=None)
        again = min((one.started_on for one in contracts if _recurs(one) and one.started_on > day), default=None)
        if last and again and again - last <= timedelta(days=GRACE_DAYS) and again < self.world.exported.date():
            level = sum((self._price(one, last) for one in contracts if one.changes[-1].ended_on == last), Decimal(0))
        return level, level

    def _price(self, one: Subscription, day: date) -> Decimal:
        """What a contract that runs on `day` costs a month in USD."""
        seen = [change for change in one.changes if change.at.date() <= day]
        if not seen or not _recurs(one) or seen[-1].status not in _COUNTING:
            return Decimal(0)
        last = seen[-1]
        if last.status == "Cancelled" and (last.ended_on is None or last.ended_on < day):
            return Decimal(0)
        return to_usd(self.world.seed, last.amount * PERIODS_A_YEAR[one.period] / 12, one.currency, one.started_on)

    def _value(self) -> None:
        """customer_value: revenue and profit (empty if a cost is unknown) of who bought something, to date and
        so many days after the first purchase.
        """
        names = [f"{what}_{days}d" for days in WINDOWS for what in ("revenue", "profit")]
        columns = ("customer", "first_purchase_on", "purchases", "revenue_to_date", "profit_to_date", *names)
        self.tables.open("customer_value", columns)
        for customer, sales in self.sales.items():
            bought = [sale for sale in sales if sum(part[2] for part in sale.parts) > 0]
            if not bought:
                continue
            first = min(sale.day for sale in bought)
            cells: list[object] = [customer, first, len(bought), *_worth(sales)]
            for days in WINDOWS:
                cells += _worth([sale for sale in sales if sale.day <= first + timedelta(days=days)])
            self.tables.add("customer_value", cells)


def _recurs(one: Subscription) -> bool:
    return PERIODS_A_YEAR[one.period] > 0 and not one.is_trial


def _movement(before: Decimal, level: Decimal, known: bool) -> str:
    if not before:
        return "reactivation" if known else "new"
    if not level:
        return "churn"
    return "expansion" if level > before else "contraction" if level < before else "none"


def _worth(sales: list[_Sale]) -> tuple[Decimal, Decimal | None]:
    profits = [sale.profit for sale in sales]
    known = [profit for profit in profits if profit is not None]
    profit = sum(known, Decimal(0)) if len(known) == len(profits) else None
    return sum((sale.usd for sale in sales), Decimal(0)), profit
