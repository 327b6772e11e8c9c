"""Sums that do not fit into 18 digits on the way: prices in dong, and sales of millions of dollars.

Order #1, in dong at 25,000 to the dollar: 3 lamps at 1,500,000 = 4,500,000, shipping 300,000, taxes 480,000 on top,
paid 5,280,000. Of the taxes 480,000 x 300,000 / 4,800,000 = 30,000 are those of shipping. Paid back are 1,056,000,
which takes 1,056,000 x 4,500,000 / 5,280,000 = 900,000 of the revenue: 180.00 dollars less 36.00.

Order #2: 2 engines at 30,000,000.00 that cost 10,000,000.00 each, and a crate at 10,000,000.00 whose cost nobody knows.
So the cost of 60,000,000.00 of 70,000,144.00 is known, and the margin is 40,000,000.00 x 70,000,144 / 60,000,000.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.bare_build import BareBuild
from tests.orders.shop import Shop, order, text

pytestmark = pytest.mark.slow

PRODUCTS = b"""\
Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,\
Variant Compare At Price,Image Src,Image Position,Cost per item,Status
engine,Engine,,Acme Home,Ships,,true,Title,Default Title,ENG,30000000.00,,,,10000000.00,active
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> Shop:
    made = Shop(tmp_path_factory.mktemp("dear_orders") / "home", bare_build)
    dong = order(
        "#1", "kim@example.com", [(3, "Lamp", "LAMP", "1500000")], Subtotal="4500000", Currency="VND",
        Shipping="300000", Taxes="480000", Total="5280000", Refunded_Amount="1056000",
        Financial_Status="partially_refunded", Created_at="2026-10-06 11:00:00 -0400",
    )  # fmt: skip
    dollars = order(
        "#2", "ada@example.com", [(2, "Engine", "ENG", "30000000.00"), (1, "Crate", "CRATE", "10000000.00")],
        Subtotal="70000000.00", Created_at="2026-10-07 11:00:00 -0400",
    )  # fmt: skip
    made.drop(text(dong + dollars), "orders_export.csv", "2026-10-31")
    made.drop(PRODUCTS, "products_export_1.csv", "2026-10-31")
    made.drop(b"currency: USD\n", "_manifest.yml", "2026-10-31")
    made.raw.add("fx_rates", [
        {"rate_date": "2026-01-01", "from_currency": "VND", "to_currency": "USD", "rate": "0.00004"}
    ], source="plans")  # fmt: skip
    made.build()
    return made


def test_an_order_of_millions_of_dong_is_worth_what_it_says(shop: Shop) -> None:
    assert shop.rows("""select items_native::int, revenue_native::int, tax_native::int, refunded_native::int
        from marts.fct_order where order_number = '#1'""") == [(4_500_000, 4_500_000, 480_000, 1_056_000)]
    assert shop.rows("""select is_refund, amount_native::int, amount_reporting from marts.fct_opportunity
        where currency = 'VND' order by 1""") == [
        (False, 4_500_000, Decimal("180.00")), (True, -900_000, Decimal("-36.00"))
    ]  # fmt: skip


def test_the_margin_of_sales_of_millions_is_scaled_to_all_of_them(shop: Shop) -> None:
    assert shop.rows("""select revenue, revenue_with_cost, gross_margin, return_basis, margin from marts.mart_roi
        where basis = 'activity' and period_grain = 'all' and dimension_type = 'total'""") == [
        (Decimal("70000144.00"), Decimal("60000000.00"), Decimal("40000000.00"), "margin_scaled",
         Decimal("46666762.67"))
    ]  # fmt: skip
