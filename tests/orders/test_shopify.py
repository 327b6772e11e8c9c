"""Orders of a shop from the exported file to the marts, by numbers worked by hand.

Mugs, New York. Exchange rate: EUR 1.10.
    #1001  1 October (23:30 on 30 September by the file's own clock, New York's too: 30 September)
           52.50 at the till, no address; 12.50 paid back on 2 October
    #1002  not paid
    #1003  4 October, 09:00 in Berlin: 119.00 + 11.90 of items and 11.90 shipping hold 22.80 of taxes. The items' part:
           22.80 x 130.90 / 142.80 = 20.90, so that 110.00 EUR = 121.00 USD are earned
    #1004  74.99 of items less 10.00: 64.99; 5.00 shipping and 5.20 taxes are no revenue
    #1005  cancelled, wholly paid back: no sale, nothing taken back
    #1006  paid with Shopify's test gateway
    #1007  the customer of #1004 again, 20.00 on 20 October; all of it paid back on 22 October
    #1008  free
    #1009  a lead of the CRM (came in by Paid Social on 1 September) buys for 30.00 on 10 October
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.bare_build import BareBuild
from tests.orders.shop import Shop, order, text

pytestmark = pytest.mark.slow

LATER = [
    *order("#1005", "zoe@example.com", [(1, "Mug", "MUG", "12.50")], Subtotal="12.50", Financial_Status="refunded",
           Created_at="2026-10-06 10:00:00 -0400", Cancelled_at="2026-10-07 10:00:00 -0400", Refunded_Amount="12.50"),
    *order("#1006", "qa@example.com", [(1, "Mug", "MUG", "12.50")], Subtotal="12.50", Payment_Method="Bogus Gateway",
           Created_at="2026-10-06 11:00:00 -0400"),
    *order("#1007", "KIM@example.com ", [(1, "Jar", "JAR", "20.00")], Subtotal="20.00", Financial_Status="refunded",
           Created_at="2026-10-20 11:00:00 -0400", Refunded_Amount="20.00"),
    *order("#1008", "zoe@example.com", [(1, "Card", "CRD", "0.00")], Subtotal="0.00",
           Created_at="2026-10-08 11:00:00 -0400"),
    *order("#1009", "lead@example.com", [(3, "Spoon", "SPN", "10.00")], Subtotal="30.00",
           Created_at="2026-10-10 11:00:00 -0400"),
]  # fmt: skip
REFUNDS = """Order,Name,Kind,Gateway,Created At,Status,Amount,Currency
1,#1007,refund,shopify_payments,2026-10-22 10:00:00 -0400,success,20.00,USD
2,#1005,refund,shopify_payments,2026-10-07 10:00:00 -0400,success,12.50,USD
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> Shop:
    made = Shop(tmp_path_factory.mktemp("shopify") / "home", bare_build)
    made.drop("shopify/orders_export_1.csv", "orders_export_1.csv", "2026-10-06")
    made.drop("shopify/transactions_export.csv", "transactions_export_1.csv", "2026-10-06")
    made.drop(text(LATER), "orders_export_2.csv", "2026-10-25")
    made.drop(REFUNDS.encode(), "transactions_export_2.csv", "2026-10-25")
    made.raw.add("fx_rates", [
        {"rate_date": "2026-01-01", "from_currency": "EUR", "to_currency": "USD", "rate": "1.10"}
    ], source="plans")  # fmt: skip
    made.exports.load()
    [(address,)] = made.rows("select email_hash from raw.orders where order_number = '#1009'")
    made.raw.add("crm_leads", [
        {"record_id": "L1", "email_hash": address, "status": "New",
         "lead_source": "Facebook Ads", "created_at": "2026-09-01T12:00:00"},
    ])  # fmt: skip
    made.build()
    return made


def usd(text: str) -> Decimal:
    return Decimal(text)


def test_every_order_says_what_it_earns_or_why_it_is_no_sale(shop: Shop) -> None:
    assert shop.rows("""select order_number, sold_on::varchar, currency, total_native::decimal(18, 2),
        revenue_native::decimal(18, 2), is_tax_included, excluded_reason from marts.fct_order order by 1""") == [
        ("#1001", "2026-09-30", "USD", usd("52.50"), usd("52.50"), False, None),
        ("#1002", "2026-10-03", "USD", usd("12.50"), usd("12.50"), False, "not_paid"),
        ("#1003", "2026-10-04", "EUR", usd("142.80"), usd("110.00"), True, None),
        ("#1004", "2026-10-05", "USD", usd("75.19"), usd("64.99"), False, None),
        ("#1005", "2026-10-06", "USD", usd("12.50"), usd("12.50"), False, "cancelled"),
        ("#1006", "2026-10-06", "USD", usd("12.50"), usd("12.50"), False, "test"),
        ("#1007", "2026-10-20", "USD", usd("20.00"), usd("20.00"), False, None),
        ("#1008", "2026-10-08", "USD", usd("0.00"), usd("0.00"), False, "free"),
        ("#1009", "2026-10-10", "USD", usd("30.00"), usd("30.00"), False, None),
    ]


def test_revenue_is_that_of_the_orders_less_refunds_on_their_own_days(shop: Shop) -> None:
    assert shop.rows("""select date_day::varchar, sum(revenue), sum(refunds), sum(orders)::int, sum(won_deals)::int
        from marts.mart_sales_results group by 1 order by 1""") == [
        ("2026-09-30", usd("52.50"), usd("0.00"), 1, 0),
        ("2026-10-02", usd("-12.50"), usd("-12.50"), 0, 0),
        ("2026-10-04", usd("121.00"), usd("0.00"), 1, 0),
        ("2026-10-05", usd("64.99"), usd("0.00"), 1, 0),
        ("2026-10-10", usd("30.00"), usd("0.00"), 1, 0),
        ("2026-10-20", usd("20.00"), usd("0.00"), 1, 0),
        ("2026-10-22", usd("-20.00"), usd("-20.00"), 0, 0),
    ]  # fmt: skip


def test_discounts_and_taxes_are_shared_by_the_lines_to_the_cent(shop: Shop) -> None:
    # 64.99 x 25.00, 40.00 and 9.99 / 74.99 = 21.6662, 34.6660, 8.6578; the two cents left go to MUG and SPN.
    assert shop.rows("""select product_name, amount_reporting, discount_reporting from marts.fct_sales_line
        where opportunity_id like '%#1004' order by 1""") == [
        ("Mug", usd("21.67"), usd("3.33")), ("Spoon", usd("8.66"), usd("1.33")), ("Teapot", usd("34.66"), usd("5.34"))
    ]  # fmt: skip
    # 110.00 EUR x 119.00 / 130.90 = 100.00; at 1.10.
    assert shop.rows("""select product_name, amount_native::decimal(18, 2), amount_reporting from marts.fct_sales_line
        where opportunity_id like '%#1003' order by 1""") == [
        ("Bulb", usd("10.00"), usd("11.00")), ("Lamp", usd("100.00"), usd("110.00"))
    ]  # fmt: skip


def test_a_whole_order_paid_back_takes_back_its_product_and_a_part_of_one_none(shop: Shop) -> None:
    assert shop.rows("""select closed_on::varchar, product_name, quantity::int, amount_reporting
        from marts.fct_sales_line where is_refund order by 1""") == [
        ("2026-10-02", "Unspecified", None, usd("-12.50")), ("2026-10-22", "Jar", -1, usd("-20.00"))
    ]  # fmt: skip


def test_customers_are_who_ordered_and_the_first_order_makes_them_one(shop: Shop) -> None:
    assert shop.rows("""select order_number, is_new_account from marts.fct_opportunity inner join marts.fct_order
        using (order_id) where not is_refund order by 1""") == [
        ("#1001", True), ("#1003", True), ("#1004", True), ("#1007", False), ("#1009", True)
    ]  # fmt: skip
    # Kim, in whatever letters: 64.99 + 20.00 - 20.00 in two purchases.
    assert shop.rows("""select purchases::int, revenue_to_date, channel from marts.mart_customer_value
        where customer_id in (select customer_id from marts.fct_order where order_number = '#1007')""") == [
        (2, usd("64.99"), "Paid Search")
    ]  # fmt: skip
    assert shop.rows("select sum(new_customers)::int from marts.mart_channel_kpi_daily") == [(4,)]


def test_channels_are_those_of_the_lead_else_of_the_visit(shop: Shop) -> None:
    assert shop.rows("""select order_number, opportunities.channel, region, distribution_channel
        from marts.fct_opportunity as opportunities inner join marts.fct_order using (order_id)
        where not is_refund order by 1""") == [
        ("#1001", "Unknown", "AMER", "Store"), ("#1003", "Email", "EMEA", "Online"),
        ("#1004", "Paid Search", "AMER", "Online"), ("#1007", "Unknown", "AMER", "Online"),
        ("#1009", "Paid Social", "AMER", "Online"),
    ]  # fmt: skip


def test_a_lead_that_orders_has_purchased_and_orders_are_no_deals(shop: Shop) -> None:
    purchases = """select numerator::int, denominator::int from marts.mart_funnel_conversion
        where metric = 'lead_to_purchase' and basis = 'cohort' and dimension_type = 'all' and window_days is null"""
    assert shop.rows(purchases) == [(1, 1)]
    assert shop.rows("select count(*) from marts.fct_stage_interval where entity_type = 'opportunity'") == [(0,)]
    assert shop.rows("select count(*) from marts.mart_funnel_conversion where metric = 'win_rate'") == [(0,)]
    assert shop.rows("select count(*) from marts.fct_opportunity where is_in_win_rate") == [(0,)]


def test_who_bought_within_the_year_is_a_customer_still(shop: Shop) -> None:
    assert shop.rows("""select customers_end::int from marts.mart_retention
        where basis = 'orders' and period_grain = 'month' order by period_start desc limit 1""") == [(4,)]


def test_what_is_no_sale_is_in_the_log_of_exclusions(shop: Shop) -> None:
    assert shop.rows("""select reason, row_count::int from marts.mart_exclusion_log where entity = 'orders'
        order by 1""") == [("cancelled", 1), ("free", 1), ("not_paid", 1), ("test", 1)]


def test_no_personal_data_reaches_the_warehouse(shop: Shop) -> None:
    raw = b"".join(path.read_bytes() for path in shop.settings.raw.rglob("*.parquet"))
    assert not [word for word in (b"Kim Roe", b"Elm St", b"example.com", b"5550100") if word in raw]
