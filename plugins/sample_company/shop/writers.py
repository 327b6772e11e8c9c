"""Wren & Row's files: Shopify's orders by month, transactions and products, Klaviyo, Meta, TikTok, GA4, rates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sample_company.company import Account
from sample_company.money import month_start, monthly_rate
from sample_company.shop import story, tools
from sample_company.shop.story import DE, GA4, KLAVIYO, META, PLANS, SEARCH, TIKTOK, US, VISITS, Order
from sample_company.world import World
from sample_company.writers.klaviyo import HEADER as KLAVIYO_HEADER
from sample_company.writers.meta_ads import header as meta_header
from sample_company.writers.output import Output, csv_line, spaced_line

ORDERS = (
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing",
    "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Shipping Method",
    "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem compare at price", "Lineitem sku",
    "Lineitem requires shipping", "Lineitem taxable", "Lineitem fulfillment status", "Billing Name", "Billing Street",
    "Billing Address1", "Billing Address2", "Billing Company", "Billing City", "Billing Zip", "Billing Province",
    "Billing Country", "Billing Phone", "Shipping Name", "Shipping Street", "Shipping Address1", "Shipping Address2",
    "Shipping Company", "Shipping City", "Shipping Zip", "Shipping Province", "Shipping Country", "Shipping Phone",
    "Notes", "Note Attributes", "Cancelled at", "Payment Method", "Payment Reference", "Refunded Amount", "Vendor",
    "Outstanding Balance", "Employee", "Location", "Device ID", "Id", "Tags", "Risk Level", "Source",
    "Lineitem discount",
)  # fmt: skip
_TRANSACTIONS = ("Order", "Name", "Kind", "Gateway", "Created At", "Status", "Amount", "Currency", "Card Type")
_PRODUCTS = ("Handle", "Title", "Vendor", "Type", "Tags", "Published", "Variant SKU", "Variant Price", "Image Src",
             "Image Position", "Cost per item", "Status")  # fmt: skip
_TIKTOK = ("By Day", "Account name", "Campaign ID", "Campaign name", "Cost", "Impressions", "Clicks (destination)",
           "Conversions", "Complete payment", "Total complete payment value", "Currency")  # fmt: skip
_GA4 = ("Session primary channel group (Default Channel Group)", "Date", "Users", "Sessions", "Engaged sessions",
        "Average engagement time per session", "Event count", "Key events", "Total revenue")  # fmt: skip
NEWEST_DAYS = 60
"""The newest orders export goes so many days back: it says once more what the monthly ones said."""


def write(world: World, output: Output) -> None:
    """Every file of the company."""
    for shop in (US, DE):
        _orders(world, output, shop)
        _transactions(world, output, shop)
        _products(world, output, shop)
    _klaviyo(world, output)
    _ads(world, output)
    _ga4(world, output)
    _search(world, output)
    _rates(world, output)


# --- Shopify ---


def _orders(world: World, output: Output, shop: Account) -> None:
    """Each month's orders on the tenth of the next, and the newest ones."""
    own = [one for one in story.orders(world) if one.shop is shop]
    newest = story.exported(world)
    for index, (first, last) in enumerate(tools.months(world)):
        at = story.local(month_start(first, 1).replace(day=10), 8)
        if at >= newest:
            break
        rows = [row for one in own if first <= story.local_day(one.created_at) <= last for row in _rows(one, at)]
        # Large exports come in parts, cut wherever the size is reached.
        parts = [rows]
        if index % 2 == 0 and (place := _within_an_order(rows)):
            parts = [rows[:place], rows[place:]]
        for number, part in enumerate(parts, 1):
            _orders_file(output, shop, at, part, f"orders_export_{number}.csv")
    since = newest - timedelta(days=NEWEST_DAYS)
    _orders_file(
        output, shop, newest, [row for one in own if one.created_at >= since for row in _rows(one, newest)],
        "orders_export.csv",
    )  # fmt: skip


def _within_an_order(rows: list[dict[str, str]]) -> int:
    """A place in the middle where an order would be cut; 0 if there is none."""
    inside = [place for place in range(1, len(rows)) if rows[place]["Name"] == rows[place - 1]["Name"]]
    return inside[len(inside) // 2] if inside else 0


def _orders_file(output: Output, shop: Account, at: datetime, rows: Iterable[dict[str, str]], name: str) -> None:
    with output.writing(output.folder(shop, at) / name, exported=at) as target:
        target.text(csv_line(ORDERS))
        for row in rows:
            target.row(csv_line([row.get(label, "") for label in ORDERS]))


def _clock(at: datetime | None, shop: Account) -> str:
    return f"{at.astimezone(ZoneInfo(shop.timezone)):%Y-%m-%d %H:%M:%S %z}" if at else ""


def _rows(order: Order, at: datetime) -> list[dict[str, str]]:
    """The rows of one order as of an export; the order's own cells stand in the first."""
    back = sum((one.amount for one in order.refunds if one.at < at and not one.is_failed), order.discount * 0)
    paid = order.paid_at is not None and order.paid_at < at
    state = "voided" if order.kind == "void" else "paid" if paid else "pending"
    if paid and back:
        state = "refunded" if back == order.total else "partially_refunded"
    cancelled = order.cancelled_at if order.cancelled_at and order.cancelled_at < at else None
    source, medium, _ = VISITS[order.visit]
    tags = {"utm_source": source, "utm_medium": medium, "utm_campaign": order.campaign}
    own = {
        "Financial Status": state, "Paid at": _clock(order.paid_at, order.shop) if paid else "",
        "Fulfillment Status": "fulfilled" if paid else "unfulfilled", "Accepts Marketing": "yes",
        "Currency": order.shop.currency, "Subtotal": f"{order.subtotal:.2f}", "Shipping": f"{order.shipping:.2f}",
        "Taxes": f"{order.tax:.2f}", "Total": f"{order.total:.2f}",
        "Discount Code": "WELCOME" if order.discount else "", "Discount Amount": f"{order.discount:.2f}",
        "Billing Name": order.name, "Billing Street": "12 Garden Row", "Billing Address1": "12 Garden Row",
        "Billing Country": order.country, "Billing Phone": "'+15550199", "Shipping Name": order.name,
        "Shipping Country": order.country, "Notes": f"for {order.name}",
        "Note Attributes": "\n".join(f"{name}: {value}" for name, value in tags.items() if value),
        "Cancelled at": _clock(cancelled, order.shop),
        "Payment Method": "Bogus Gateway" if order.kind == "test" else "Shopify Payments",
        "Refunded Amount": f"{back:.2f}", "Id": f"59{order.number[1:]}", "Risk Level": "Low",
        "Source": "pos" if order.is_till else "web",
    }  # fmt: skip
    rows = []
    for place, line in enumerate(order.lines):
        cells = {
            "Name": order.number, "Email": order.email, "Created at": _clock(order.created_at, order.shop),
            "Lineitem quantity": str(line.quantity), "Lineitem name": line.product.name,
            "Lineitem price": f"{line.product.price:.2f}", "Lineitem sku": line.product.sku,
            "Lineitem requires shipping": "true", "Lineitem taxable": "true", "Vendor": "Wren & Row",
            "Lineitem discount": "0.00",
        }  # fmt: skip
        rows.append(cells | own if place == 0 else cells)
    return rows


def _transactions(world: World, output: Output, shop: Account) -> None:
    at = story.exported(world)
    with output.writing(output.folder(shop, at) / "transactions_export.csv", exported=at) as target:
        target.text(csv_line(_TRANSACTIONS))
        for order in story.orders(world):
            if order.shop is not shop or order.paid_at is None or not order.total:
                continue
            moves = [(order.paid_at, "sale", "success", order.total)]
            moves += [
                (one.at, "refund", "failure" if one.is_failed else "success", one.amount) for one in order.refunds
            ]
            for when, kind, state, amount in moves:
                target.row(csv_line([
                    f"59{order.number[1:]}", order.number, kind, "shopify_payments", _clock(when, shop), state,
                    f"{amount:.2f}", shop.currency, "visa",
                ]))  # fmt: skip


def _products(world: World, output: Output, shop: Account) -> None:
    at = story.exported(world)
    with output.writing(output.folder(shop, at) / "products_export_1.csv", exported=at) as target:
        target.text(csv_line(_PRODUCTS))
        for one in story.PRODUCTS:
            handle = one.sku.lower()
            target.row(csv_line([
                handle, one.name, "Wren & Row", one.family, "", "true", one.sku, f"{one.price:.2f}",
                f"https://cdn.example/{handle}.jpg", "1", f"{one.cost:.2f}", "active",
            ]))  # fmt: skip
            target.row(
                csv_line([handle, "", "", "", "", "", "", "", f"https://cdn.example/{handle}-2.jpg", "2", "", ""])
            )


# --- marketing ---


def _klaviyo(world: World, output: Output) -> None:
    at = story.exported(world)
    with output.writing(output.folder(KLAVIYO, at) / "campaigns.csv", exported=at) as target:
        target.text(csv_line(KLAVIYO_HEADER))
        for one in tools.sends(world):
            there = one.sent_at.astimezone(story.ZONE)
            bounces = one.recipients - one.delivered
            rate = f"{one.opens / one.delivered:.2%}"
            target.row(csv_line([
                one.name, "", "From the table", "Newsletter", f"{there:%Y-%m-%d %H:%M:%S}", f"{there:%A}",
                f"{one.recipients}.0", f"{one.orders}.0", f"{one.orders / one.delivered:.2%}", f"{one.revenue:.2f}",
                f"{one.opens}.0", rate, f"{one.opens + 40}.0", f"{one.clicks}.0", f"{one.clicks / one.delivered:.2%}",
                f"{one.clicks + 9}.0", f"{one.unsubscribes}.0", "0.0", "0.00%", f"{one.delivered}.0", f"{bounces}.0",
                f"{bounces / one.recipients:.2%}", one.campaign_id, "email",
            ]))  # fmt: skip


def _ads(world: World, output: Output) -> None:
    at = story.exported(world)
    with output.writing(output.folder(META, at, has_currency=False) / "Wren-Row-Campaigns.csv", exported=at) as target:
        target.text(spaced_line(meta_header("USD")))
        for one in tools.ad_days(world, META):
            bought = str(one.purchases) if one.purchases else ""
            target.row(spaced_line([
                one.campaign, story.CAMPAIGNS[one.campaign][1], one.day, "active", "7-day click or 1-day view", bought,
                "actions:offsite_conversion.fb_pixel_purchase" if bought else "", one.impressions * 4 // 5,
                one.impressions, "", f"{one.spend:.2f}", one.clicks or "", one.clicks * 13 // 10 or "", bought,
                f"{one.value:.2f}" if bought else "", one.day, one.day,
            ]))  # fmt: skip
    with output.writing(
        output.folder(TIKTOK, at, has_currency=False) / "Wren Row-Campaign Report.csv", exported=at
    ) as target:
        target.text(csv_line(_TIKTOK))
        for one in tools.ad_days(world, TIKTOK):
            target.row(csv_line([
                f"{one.day}", TIKTOK.name, story.CAMPAIGNS[one.campaign][1], one.campaign, f"{one.spend:.2f}",
                str(one.impressions), str(one.clicks), str(one.purchases), str(one.purchases), f"{one.value:.2f}",
                "USD",
            ]))  # fmt: skip


def _ga4(world: World, output: Output) -> None:
    at = story.exported(world)
    rule = "# ----------------------------------------"
    name = "Traffic_acquisition_Session_primary_channel_group_(Default_Channel_Group).csv"
    with output.writing(output.folder(GA4, at) / name, exported=at) as target:
        for line in (
            rule, "# Traffic acquisition: Session primary channel group (Default Channel Group)",
            "# Account: Wren & Row",
            f"# Property: {GA4.name}", rule, "#  ", "# All Users", f"# Start date: {world.start:%Y%m%d}",
            f"# End date: {story.last_day(world):%Y%m%d}",
        ):  # fmt: skip
            target.text(line + "\n")
        target.text(csv_line(_GA4))
        for one in tools.web_days(world):
            target.row(csv_line([
                one.group, f"{one.day:%Y%m%d}", str(one.users), str(one.sessions), str(one.engaged), "31.5",
                str(one.sessions * 6), str(one.purchases), f"{one.purchases * 60}.0",
            ]))  # fmt: skip


def _search(world: World, output: Output) -> None:
    at = story.exported(world)
    folder = output.folder(SEARCH, at, has_currency=False)
    with output.writing(folder / "search_performance.csv", exported=at) as target:
        target.text(
            csv_line(["Date", "Query", "Page", "Country", "Device", "Clicks", "Impressions", "CTR", "Position"])
        )
        for one in tools.search_days(world):
            target.row(csv_line([
                f"{one.day}", one.query, one.page, one.country, one.device, str(one.clicks), str(one.impressions),
                repr(round(one.clicks / one.impressions, 6)), f"{one.position}",
            ]))  # fmt: skip


def _rates(world: World, output: Output) -> None:
    at = story.exported(world)
    folder = output.folder(PLANS, facts={"exported_at": f"{at:%Y-%m-%dT%H:%M:%SZ}"}, has_currency=False)
    with output.writing(folder / "fx_rates.csv", exported=at) as target:
        target.text(csv_line(["rate_date", "from_currency", "to_currency", "rate"]))
        month = month_start(world.start, -1)
        while month <= world.end:
            rate = monthly_rate(world.seed, "EURUSD", month)
            target.row(csv_line([month.isoformat(), "EUR", "USD", f"{rate:f}"]))
            month = month_start(month, 1)
