"""The truth about Wren & Row, from its story alone: what the warehouse must find in the exports.

Days are those of the company's clock. Money is in the order's own currency and, by the rate of the day, in dollars.
"""

from __future__ import annotations

from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

from sample_company.money import to_usd
from sample_company.shop import story, tools
from sample_company.shop.story import META, TIKTOK, VISITS, Order
from sample_company.truth import TruthTables
from sample_company.world import World

_REASONS = {"unpaid": "not_paid", "void": "not_an_order", "test": "test", "free": "free", "cancelled": "cancelled"}


def write_truth(world: World, folder: Path) -> None:
    """Write every table below `folder`."""
    with ExitStack() as stack:
        tables = TruthTables(folder, stack)
        _orders(world, tables)
        _customers(world, tables)
        _marketing(world, tables)


def _dollars(world: World, order: Order, amount: Decimal, at: object = None) -> Decimal:
    day = story.local_day(at) if at else order.sold_on  # type: ignore[arg-type]
    return to_usd(world.seed, amount, order.shop.currency, day)


def _taken_back(order: Order) -> list[tuple[story.Refund, Decimal]]:
    """Each refund that went through with the revenue it takes back: its share of what was paid, all of it for all."""
    found, before = [], Decimal(0)
    paid_back = Decimal(0)
    for one in order.refunds:
        if one.is_failed:
            continue
        paid_back += one.amount
        now = story.cents(paid_back * order.revenue / order.total)
        found.append((one, now - before))
        before = now
    return found


def _orders(world: World, tables: TruthTables) -> None:
    tables.open("orders", (
        "shop", "number", "reason", "sold_on", "currency", "items", "discount", "shipping", "tax", "total", "revenue",
        "revenue_usd", "channel", "campaign", "country", "place", "is_first",
    ))  # fmt: skip
    tables.open("order_products", ("shop", "number", "product", "quantity", "list", "cost"))
    tables.open("refunds", ("shop", "number", "refunded_on", "paid_back", "revenue", "revenue_usd", "is_whole"))
    known: set[str] = set()
    # The first order of a customer is the first that was paid.
    for order in sorted(story.orders(world), key=lambda one: (one.sold_on, f"{one.shop.account_id}/{one.number}")):
        is_sale = order.kind == "sale"
        is_first = is_sale and order.customer not in known
        if is_sale:
            known.add(order.customer)
        tables.add("orders", (
            order.shop.account_id, order.number, _REASONS.get(order.kind, ""), order.sold_on, order.shop.currency,
            order.subtotal, order.discount, order.shipping, order.tax, order.total, order.revenue,
            _dollars(world, order, order.revenue), VISITS[order.visit][2], order.campaign, order.country,
            "Store" if order.is_till else "Online", is_first,
        ))  # fmt: skip
        if not is_sale:
            continue
        for line in order.lines:
            listed = line.quantity * line.product.price
            tables.add(
                "order_products",
                (
                    order.shop.account_id,
                    order.number,
                    line.product.name,
                    line.quantity,
                    listed,
                    line.quantity * line.product.cost,
                ),
            )
        taken = _taken_back(order)
        for one, revenue in taken:
            tables.add("refunds", (
                order.shop.account_id, order.number, story.local_day(one.at), one.amount, revenue,
                _dollars(world, order, revenue, one.at), len(taken) == 1 and one.amount == order.total,
            ))  # fmt: skip


def _customers(world: World, tables: TruthTables) -> None:
    """Everybody who bought: first and last purchase, how many, what they brought in dollars, and how they came."""
    tables.open("customers", ("first_on", "last_on", "purchases", "revenue_usd", "channel"))
    bought: dict[str, list[Order]] = {}
    for order in story.orders(world):
        if order.kind == "sale":
            bought.setdefault(order.customer, []).append(order)
    for own in bought.values():
        own.sort(key=lambda one: (one.sold_on, f"{one.shop.account_id}/{one.number}"))
        brought = sum((_dollars(world, one, one.revenue) for one in own), Decimal(0))
        brought -= sum(
            (_dollars(world, one, revenue, back.at) for one in own for back, revenue in _taken_back(one)), Decimal(0)
        )
        tables.add("customers", (own[0].sold_on, own[-1].sold_on, len(own), brought, VISITS[own[0].visit][2]))


def _marketing(world: World, tables: TruthTables) -> None:
    tables.open("ads_daily", ("date", "source", "campaign", "spend", "impressions", "clicks", "purchases", "value"))
    for account in (META, TIKTOK):
        for ad in tools.ad_days(world, account):
            results = (ad.impressions, ad.clicks, ad.purchases, ad.value)
            tables.add("ads_daily", (ad.day, account.source, ad.campaign, ad.spend, *results))
    tables.open(
        "sends", ("name", "sent_on", "sent", "delivered", "opens", "clicks", "unsubscribes", "orders", "revenue")
    )
    for send in tools.sends(world):
        counts = (send.recipients, send.delivered, send.opens, send.clicks, send.unsubscribes)
        tables.add("sends", (send.name, story.local_day(send.sent_at), *counts, send.orders, send.revenue))
    tables.open("web_daily", ("date", "channel", "sessions", "engaged", "purchases"))
    for visit in tools.web_days(world):
        tables.add("web_daily", (visit.day, visit.group, visit.sessions, visit.engaged, visit.purchases))
    tables.open("searches", ("date", "query", "page", "country", "device", "clicks", "impressions", "position_sum"))
    for one in tools.search_days(world):
        cut = (one.day, one.query, one.page, one.country, one.device)
        tables.add("searches", (*cut, one.clicks, one.impressions, one.position * one.impressions))
