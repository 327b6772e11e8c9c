"""Orders of WooCommerce and of an own list, costs of Shopify's products: from the file to the marts, worked by hand.

WooCommerce (euros, 1.10): 501 has 60.00 of items less a coupon of 6.00; 5.00 shipping and 11.21 taxes are no revenue.
502 is refunded without an amount: all of its 20.00, when the export of 31 October says so. 503 waits for its money,
504 was cancelled. Own list: A-1 has 20.00 + 30.00 less 5.00, of which 2.00 are the mugs' own; 5.10 of 49.00 paid are
paid back, 5.10 x 45.00 / 49.00 = 4.68 of revenue.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.bare_build import BareBuild
from tests.orders.shop import Shop, order, text

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> Shop:
    made = Shop(tmp_path_factory.mktemp("other_shops") / "home", bare_build)
    made.drop("woocommerce/orders-2026-10-31.csv", "orders-2026-10-31.csv", "2026-10-31", folder="woocommerce/tea")
    made.drop("own_shop/orders.csv", "orders.csv", "2026-10-31", folder="shop/stall")
    made.drop("own_shop/refunds.csv", "refunds.csv", "2026-10-31", folder="shop/stall")
    made.drop("shopify/products_export_1.csv", "products_export_1.csv", "2026-10-31")
    made.drop(b"currency: USD\n", "_manifest.yml", "2026-10-31")
    sold = order("#1", "kim@example.com", [(2, "Mug", "MUG", "12.50")], Subtotal="25.00",
                 Created_at="2026-10-06 11:00:00 -0400")  # fmt: skip
    made.drop(text(sold), "orders_export.csv", "2026-10-31")
    made.raw.add("fx_rates", [
        {"rate_date": "2026-01-01", "from_currency": "EUR", "to_currency": "USD", "rate": "1.10"}
    ], source="plans")  # fmt: skip
    made.build()
    return made


def money(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, amounts))


def test_orders_of_woocommerce(shop: Shop) -> None:
    assert shop.rows("""select order_number, revenue_native::decimal(18, 2), channel, excluded_reason
        from marts.fct_order where source = 'woocommerce' order by 1""") == [
        ("501", Decimal("54.00"), "Email", None), ("502", Decimal("20.00"), "Direct", None),
        ("503", Decimal("20.00"), "Organic Search", "not_paid"),
        ("504", Decimal("20.00"), "Organic Search", "cancelled"),
    ]  # fmt: skip
    assert shop.rows("""select closed_on::varchar, product_name, quantity::int, amount_native::decimal(18, 2), region
        from marts.fct_sales_line where opportunity_id like 'woocommerce%' order by 1, 2""") == [
        ("2026-10-04", "Mug", 4, Decimal("36.00"), "EMEA"), ("2026-10-04", "Teapot", 1, Decimal("18.00"), "EMEA"),
        ("2026-10-05", "Teapot", 1, Decimal("20.00"), "EMEA"), ("2026-10-31", "Teapot", -1, Decimal("-20.00"), "EMEA"),
    ]  # fmt: skip
    assert shop.rows("""select sum(revenue) from marts.mart_sales_by_dimension
        where period_grain = 'month' and dimension_type = 'source' and dimension_key = 'woocommerce'""") == [
        money("59.40")  # 54.00 x 1.10; what was sold and paid back comes to nothing
    ]


def test_orders_of_an_own_list(shop: Shop) -> None:
    assert shop.rows("""select product_name, amount_reporting from marts.fct_sales_line
        where opportunity_id like 'shop:%' and sale_kind = 'order' order by 1, 2""") == [
        # 45.00 x 18.00 / 48.00 = 16.875 and 28.125: the cent goes to the smaller line id.
        ("Mug", Decimal("16.88")), ("Teapot", Decimal("28.12")), ("Teapot", Decimal("30.00")),
        ("Unspecified", Decimal("-4.68")),
    ]  # fmt: skip
    assert shop.rows("""select order_number, opportunities.channel, distribution_channel, country_code
        from marts.fct_opportunity as opportunities inner join marts.fct_order using (order_id)
        where opportunities.source = 'shop' and not is_refund order by 1""") == [
        ("A-1", "Paid Social", "Online", "US"), ("A-2", "Unknown", "Store", "GB")
    ]  # fmt: skip
    assert shop.rows("select count(*), count(distinct order_id) from marts.fct_order where source = 'shop'") == [(2, 2)]


def test_what_products_cost_is_taken_off(shop: Shop) -> None:
    assert shop.rows("""select product_name, product_family, cost_reporting, margin_reporting from marts.fct_sales_line
        where opportunity_id like 'shopify:%'""") == [("Mug", "Kitchen", *money("8.00", "17.00"))]


def test_one_customer_of_three_shops(shop: Shop) -> None:
    """Kim ordered by the same address everywhere: 59.40 + 45.00 - 4.68 + 25.00."""
    assert shop.rows("""select purchases::int, revenue_to_date from marts.mart_customer_value
        order by revenue_to_date desc limit 1""") == [(3, Decimal("124.72"))]


def test_the_analytics_report_is_refused_with_what_to_export_instead(shop: Shop) -> None:
    shop.drop("woocommerce/analytics.csv", "analytics.csv", "2026-10-31", folder="woocommerce/tea")
    shop.exports.load()
    assert [one for one in shop.settings.quarantine.rglob("*") if "analytics" in one.name]


def test_two_shops_with_one_number_have_two_products(tmp_path: Path, bare_build: BareBuild) -> None:
    made = Shop(tmp_path / "home", bare_build)
    for account, name, cost in (("mugs", "Mug", "4.00"), ("travel", "Flask", "9.00")):
        folder = f"shopify/{account}"
        catalogue = (
            "Handle,Title,Type,Variant SKU,Variant Price,Cost per item,Status\n"
            f"{name.lower()},{name},Kitchen,M-1,20.00,{cost},active\n"
        )
        made.drop(catalogue.encode(), "products_export_1.csv", "2026-10-31", folder)
        made.drop(b"currency: USD\n", "_manifest.yml", "2026-10-31", folder)
        sold = order("#1", f"{account}@example.com", [(1, name, "M-1", "20.00")], Subtotal="20.00",
                     Created_at="2026-10-06 11:00:00 -0400")  # fmt: skip
        made.drop(text(sold), "orders_export.csv", "2026-10-31", folder)
    made.build("fct_sales_line", "dim_product")
    assert made.rows("""select product_id, product_name, cost_reporting, margin_reporting from marts.fct_sales_line
        order by 1""") == [
        ("shopify:mugs/M-1", "Mug", *money("4.00", "16.00")), ("shopify:travel/M-1", "Flask", *money("9.00", "11.00")),
    ]  # fmt: skip
    assert made.rows("select product_id, product_code from marts.dim_product where is_in_catalogue order by 1") == [
        ("shopify:mugs/M-1", "M-1"), ("shopify:travel/M-1", "M-1")
    ]  # fmt: skip
