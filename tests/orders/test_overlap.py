"""A shop whose orders a CRM holds as deals, too: each sale counts once, and a report says which.

Order #1 (75.00 with taxes, 70.00 of items) is the deal "Shop order #1" of 75.00. Kim's order #2 of 30.00 is her deal of
30.00 two days later. Kim's deal of 500.00 and the deal "Fair #3" of 12.00 are sales of their own: order #3 has another
amount.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.bare_build import BareBuild
from tests.orders.shop import Shop, order, text

pytestmark = pytest.mark.slow


def _filled(home: Path, bare_build: BareBuild) -> Shop:
    made = Shop(home, bare_build)
    made.drop(text([
        *order("#1", "ann@example.com", [(1, "Throw", "THR", "70.00")], Subtotal="70.00", Taxes="5.00", Total="75.00",
               Created_at="2026-10-02 10:00:00 -0400"),
        *order("#2", "kim@example.com", [(1, "Lamp", "LMP", "30.00")], Subtotal="30.00",
               Created_at="2026-10-03 10:00:00 -0400"),
        *order("#3", "zoe@example.com", [(1, "Mug", "MUG", "12.50")], Subtotal="12.50",
               Created_at="2026-10-04 10:00:00 -0400"),
    ]), "orders_export.csv", "2026-10-20")  # fmt: skip
    made.exports.load()
    [(address,)] = made.rows("select email_hash from raw.orders where order_number = '#2'")
    made.raw.add("crm_contacts", [{"record_id": "K", "email_hash": address, "created_at": "2026-10-01T10:00:00"}])
    deals = (("Shop order #1", "75.00", "2026-10-05", None), ("Kim's lamp", "30.00", "2026-10-05", "K"),
             ("Kim's hall", "500.00", "2026-10-06", "K"), ("Fair #3", "12.00", "2026-10-04", None))  # fmt: skip
    made.raw.add("crm_opportunities", [
        {"record_id": name, "opportunity_name": name, "amount": amount, "currency": "USD", "close_date": day,
         "created_at": "2026-10-01T12:00:00", "stage": "Closed Won", "is_closed": True, "is_won": True,
         "contact_id": contact}
        for name, amount, day, contact in deals
    ])  # fmt: skip
    return made


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> Shop:
    made = _filled(tmp_path_factory.mktemp("overlap") / "home", bare_build)
    made.build()
    return made


def test_each_sale_counts_once(shop: Shop) -> None:
    assert shop.rows("""select opportunity_name, sale_kind, amount_reporting from marts.fct_opportunity
        order by closed_on, opportunity_name""") == [
        ("#1", "order", Decimal("70.00")), ("#2", "order", Decimal("30.00")), ("#3", "order", Decimal("12.50")),
        ("Fair #3", "deal", Decimal("12.00")), ("Kim's hall", "deal", Decimal("500.00")),
    ]  # fmt: skip
    assert shop.rows("""select sum(revenue), sum(won_deals)::int, sum(orders)::int
        from marts.mart_sales_results""") == [(Decimal("624.50"), 2, 3)]  # fmt: skip
    # Kim bought from the shop and from sales: one customer with 530.00.
    assert shop.rows("""select purchases::int, revenue_to_date from marts.mart_customer_value
        order by revenue_to_date desc limit 1""") == [(2, Decimal("530.00"))]  # fmt: skip


def test_the_report_says_which_sales_are_held_twice_and_why(shop: Shop) -> None:
    assert shop.rows("""select order_id, opportunity_id, order_source, deal_source, evidence, counted, sold_on::varchar,
        closed_on::varchar, days_apart, currency, order_total_native::decimal(18, 2), deal_amount_native::decimal(18, 2)
        from marts.mart_sale_overlap order by 1""") == [
        ("shopify:mugs/#1", "salesforce:Shop order #1", "shopify", "salesforce", "order number", "order", "2026-10-02",
         "2026-10-05", 3, "USD", Decimal("75.00"), Decimal("75.00")),
        ("shopify:mugs/#2", "salesforce:Kim's lamp", "shopify", "salesforce", "customer", "order", "2026-10-03",
         "2026-10-05", 2, "USD", Decimal("30.00"), Decimal("30.00")),
    ]  # fmt: skip
    assert shop.rows("""select entity, row_count::int from marts.mart_exclusion_log
        where reason = 'counted_as_order'""") == [("crm_opportunities", 2)]  # fmt: skip


def test_with_sale_overlap_both_the_sale_counts_twice_and_the_report_still_says_so(
    tmp_path: Path, bare_build: BareBuild
) -> None:
    made = _filled(tmp_path / "home", bare_build)
    made.build("mart_sales_results", "mart_sale_overlap", "mart_exclusion_log",
               variables={"'order' as counted": "'both' as counted"})  # fmt: skip
    # 624.50 and the deals of 75.00 and 30.00.
    assert made.rows("""select sum(revenue), sum(won_deals)::int, sum(orders)::int
        from marts.mart_sales_results""") == [(Decimal("729.50"), 4, 3)]  # fmt: skip
    assert made.rows("select opportunity_id, counted from marts.mart_sale_overlap order by 1") == [
        ("salesforce:Kim's lamp", "both"), ("salesforce:Shop order #1", "both"),
    ]  # fmt: skip
    assert made.rows("select * from marts.mart_exclusion_log where reason like 'counted_as_%'") == []
