"""What happened at Wren & Row: who ordered what, why they came, what was cancelled and paid back.

Times are instants (UTC), the company's clock is America/New_York. The shop for America sells in dollars with taxes on
top, the one for Germany in euros with taxes in its prices. The newest exports are made in the middle of a month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from sample_company.chance import Chance
from sample_company.company import Account
from sample_company.people import person
from sample_company.world import DAY, World

ZONE = ZoneInfo("America/New_York")
US = Account("shopify", "wren-row", "Wren & Row", "America/New_York", "USD")
DE = Account("shopify", "wren-row-de", "Wren & Row DE", "Europe/Berlin", "EUR")
KLAVIYO = Account("klaviyo", "wren-row", "Wren & Row", "America/New_York", "USD")
META = Account("meta_ads", "320114477", "Wren & Row", "America/New_York", "USD")
TIKTOK = Account("tiktok_ads", "740119022", "Wren & Row", "America/New_York", "USD")
GA4 = Account("ga4", "410022118", "Wren & Row", "America/New_York", "USD")
SEARCH = Account("search_console", "wrenandrow.example", "Wren & Row", "America/Los_Angeles", "USD")
PLANS = Account("plans", "company", "Wren & Row", "America/New_York", "USD")

VISITS = {
    "Meta": ("facebook", "paid_social", "Paid Social"),
    "TikTok": ("tiktok", "paid_social", "Paid Social"),
    "Newsletter": ("klaviyo", "email", "Email"),
    "Search": ("google", "organic", "Organic Search"),
    "Link": ("homestories.example", "referral", "Referral"),
    "": ("", "", "Unknown"),
}
"""Kind of visit -> source and medium of its tags, and the channel it is; a visit without tags is unknown."""
_FIRST = (("Meta", 6.0), ("TikTok", 3.0), ("Search", 4.0), ("Link", 1.0), ("", 3.0))
_AGAIN = (("Newsletter", 6.0), ("Meta", 1.0), ("Search", 2.0), ("", 3.0))
ORDERS_A_DAY = 9.0
TAX_DE = Decimal("0.19")
_PEOPLE = 70_000_000
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Product:
    """One variant; price in dollars and euros alike."""

    sku: str
    name: str
    family: str
    price: Decimal
    cost: Decimal


PRODUCTS = tuple(
    Product(sku, name, family, Decimal(price), Decimal(cost))
    for sku, name, family, price, cost in (
        ("MUG-S", "Mug, small", "Kitchen", "12.50", "3.90"), ("MUG-L", "Mug, large", "Kitchen", "16.00", "4.70"),
        ("POT-1", "Teapot", "Kitchen", "42.00", "15.20"), ("BWL-3", "Bowls, set of three", "Kitchen", "33.33", "11.00"),
        ("LMP-D", "Desk lamp", "Light", "119.00", "48.00"), ("BLB-1", "Bulb", "Light", "7.95", "1.85"),
        ("THR-W", "Wool throw", "Textiles", "89.90", "37.25"), ("CSH-L", "Linen cushion", "Textiles", "29.99", "9.60"),
        ("CRD-G", "Greeting card", "Paper", "3.49", "0.40"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One product of an order."""

    product: Product
    quantity: int


@dataclass(frozen=True)
class Refund:
    """Money that went back; `is_failed` if the first try did not reach the bank."""

    at: datetime
    amount: Decimal
    is_failed: bool = False


@dataclass(frozen=True)
class Order:
    """One order. `kind`: sale, unpaid, void, test, free or cancelled (then `cancelled_at`)."""

    shop: Account
    number: str
    kind: str
    email: str
    name: str
    country: str
    created_at: datetime
    paid_at: datetime | None
    lines: tuple[Line, ...]
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    visit: str
    campaign: str
    is_till: bool
    cancelled_at: datetime | None = None
    refunds: tuple[Refund, ...] = ()

    @property
    def subtotal(self) -> Decimal:
        """Items after the discount, with taxes in Germany."""
        return sum((line.quantity * line.product.price for line in self.lines), Decimal(0)) - self.discount

    @property
    def total(self) -> Decimal:
        """What the customer pays."""
        return self.subtotal + self.shipping + (self.tax if self.shop is US else Decimal(0))

    @property
    def revenue(self) -> Decimal:
        """The items without taxes; of taxes in prices, items have their share of the total."""
        if self.shop is US or not self.tax:
            return self.subtotal
        return self.subtotal - cents(self.tax * self.subtotal / (self.subtotal + self.shipping))

    @property
    def sold_on(self) -> date:
        """Day on the company's clock that the order counts on."""
        return local_day(self.paid_at or self.created_at)

    @property
    def customer(self) -> str:
        """Who ordered: the address, else the order itself."""
        return self.email.lower() or f"{self.shop.account_id}/{self.number}"


def cents(amount: Decimal) -> Decimal:
    """Rounded to cents, half up."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """The instant (UTC) of a time on the company's clock."""
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


def local_day(at: datetime) -> date:
    """The day of an instant on the company's clock."""
    return at.astimezone(ZONE).date()


def last_day(world: World) -> date:
    """The last day of the story: the middle of the world's last month, or its end if that is earlier."""
    return min(world.end, world.end.replace(day=15))


def days(world: World) -> Iterator[date]:
    """Every day of the story."""
    return (day for day in world.days() if day <= last_day(world))


def exported(world: World) -> datetime:
    """When the newest exports were made: the morning after the last day."""
    return local(last_day(world) + DAY, 8)


@lru_cache(maxsize=2)
def orders(world: World) -> tuple[Order, ...]:
    """Every order in order of creation, numbered in each shop."""
    end = exported(world)
    begun: list[tuple[datetime, int, int, str]] = []
    buyer = 0
    for day in days(world):
        chance = Chance(world.seed, "shop buyers", day)
        for _ in range(chance.count(ORDERS_A_DAY * world.scale)):
            buyer += 1
            # Late in the evening, too: the day is the company's, not the one in UTC.
            at = local(day, chance.between(7, 23), chance.between(0, 59)) + timedelta(seconds=chance.between(0, 59))
            begun.append((at, buyer, 1, chance.weighted(_FIRST)))
            again, times = at, 1
            while chance.happens(0.4):
                again += timedelta(minutes=120 + int(chance.waiting(30) * 1440))
                times += 1
                begun.append((again, buyer, times, chance.weighted(_AGAIN)))
    numbers = {US: 1000, DE: 1000}
    found: list[Order] = []
    for at, buyer, times, visit in sorted(begun):
        if local_day(at) > last_day(world):
            continue
        shop = DE if buyer % 4 == 0 else US
        numbers[shop] += 1
        found.append(_order(world, shop, f"#{numbers[shop]}", at, buyer, times, visit, end))
    return tuple(found)


def _order(world: World, shop: Account, number: str, at: datetime, buyer: int, times: int, visit: str,
           end: datetime) -> Order:  # fmt: skip
    chance = Chance(world.seed, "shop order", shop.account_id, number)
    who = person(world.seed, _PEOPLE + buyer, "DE" if shop is DE else "US")
    is_till = shop is US and visit == "" and times == 1
    kind = chance.weighted(
        (("sale", 90.0), ("unpaid", 2.0), ("void", 1.0), ("test", 1.0), ("free", 1.0), ("cancelled", 3.0))
    )
    lines = tuple(
        Line(product, chance.between(1, 3))
        for product in sorted({chance.pick(PRODUCTS) for _ in range(chance.between(1, 4))}, key=lambda one: one.sku)
    )
    items = sum((line.quantity * line.product.price for line in lines), Decimal(0))
    share = chance.weighted(((Decimal(0), 7.0), (Decimal("0.1"), 2.0), (Decimal("0.15"), 1.0)))
    discount = items if kind == "free" else cents(items * share)
    shipping = Decimal(0) if is_till or kind == "free" or items - discount > 75 else Decimal("5.90")
    rate = (
        TAX_DE
        if shop is DE
        else chance.weighted(((Decimal(0), 1.0), (Decimal("0.07"), 2.0), (Decimal("0.08875"), 2.0)))
    )
    due = items - discount + (shipping if shop is DE else 0)
    tax = cents(due * rate / (1 + rate)) if shop is DE else cents(due * rate)
    waits = timedelta(hours=chance.between(2, 90)) if chance.happens(0.05) else timedelta(seconds=40)
    paid = at + waits if kind not in ("unpaid", "void") else None
    if paid is not None and paid >= end:
        paid, kind = None, "unpaid"
    email = "" if is_till and chance.happens(0.5) else who.email.upper() if chance.happens(0.1) else who.email
    made = Order(
        shop, number, kind, email, f"{who.first_name} {who.last_name}",
        "DE" if shop is DE else "US", at, paid, lines, discount, shipping, tax, visit,
        _campaign(chance, visit, local_day(at)), is_till,
    )  # fmt: skip
    return _with_refunds(made, chance, end)


def _campaign(chance: Chance, visit: str, day: date) -> str:
    if visit in ("Meta", "TikTok"):
        own = META if visit == "Meta" else TIKTOK
        return chance.pick([name for name, (owner, _, _) in CAMPAIGNS.items() if owner is own])
    return f"Letter {day:%Y-%m}" if visit == "Newsletter" else ""


CAMPAIGNS = {
    "Autumn Table": (META, "120330100", 60.0), "Lamps Again": (META, "120330200", 35.0),
    "Unboxing": (TIKTOK, "1788001", 25.0), "Throw Weather": (TIKTOK, "1788002", 15.0),
}  # fmt: skip
"""Campaign -> account, id and dollars a day."""


def _with_refunds(order: Order, chance: Chance, end: datetime) -> Order:
    """Cancelled orders are paid back wholly at once; of the others some are, in part, in two parts or wholly."""
    if order.paid_at is None:
        return order
    if order.kind == "cancelled":
        at = order.paid_at + timedelta(hours=chance.between(1, 60))
        if at >= end:
            return replace(order, kind="sale")
        return replace(order, cancelled_at=at, refunds=(Refund(at, order.total),))
    if order.kind != "sale" or not chance.happens(0.1):
        return order
    at = order.paid_at + timedelta(days=chance.between(2, 40), hours=chance.between(0, 9))
    way = chance.pick(("part", "parts", "whole"))
    part = cents(order.total * chance.between(10, 60) / 100)
    if way == "whole":
        given = [Refund(at, order.total)]
    else:
        given = [Refund(at, part)]
        if way == "parts":
            given.append(Refund(at + timedelta(days=4), order.total - part))
    tried = [Refund(at - timedelta(minutes=5), given[0].amount, True)] if chance.happens(0.2) else []
    return replace(order, refunds=tuple(one for one in [*tried, *given] if one.at < end))
