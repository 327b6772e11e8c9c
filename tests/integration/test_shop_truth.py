"""What happened at the shops without a CRM equals the published marts, in two currencies and New York's days."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from funnelhouse.settings import Settings
from tests.truth import assert_equal_rows, both_sides

pytestmark = pytest.mark.slow

SALES = "(select *, 'shopify:' || shop || '/' || number as id from orders where reason is null) as orders"
BACK = "(select *, 'shopify:' || shop || '/' || number as id from refunds) as refunds"
# name: what the truth says, what the marts say.
COMPARISONS = {
    "every order with its money, or the reason why it is no sale": (
        """select shop, number, reason, sold_on::date, currency, items::decimal(18, 2),
            discount::decimal(18, 2), shipping::decimal(18, 2), tax::decimal(18, 2), total::decimal(18, 2),
            case when reason is null then revenue::decimal(18, 2) end
        from orders""",
        """select account_id, order_number, excluded_reason, sold_on, currency, items_native::decimal(18, 2),
            discount_native::decimal(18, 2), shipping_native::decimal(18, 2), tax_native::decimal(18, 2),
            total_native::decimal(18, 2), case when is_sale then revenue_native::decimal(18, 2) end
        from marts.fct_order""",
    ),
    "every sale in dollars with its channel, country, place and whether it won a customer": (
        f"""select id, sold_on::date, revenue_usd::decimal(18, 2), channel, country, place, is_first = 'True'
        from {SALES}""",
        """select opportunity_id, closed_on, amount_reporting, channel, country_code, distribution_channel,
            is_new_account
        from marts.fct_opportunity where not is_refund""",
    ),
    "the campaign of every sale": (
        f"select id, campaign from {SALES}",
        """select opportunity_id, campaign_name from marts.fct_opportunity as sales
        left join marts.dim_campaign as campaigns on sales.origin_campaign_id = campaigns.campaign_id
        where not is_refund""",
    ),
    "every refund on its day with the revenue it takes back": (
        f"""select id, refunded_on::date, -revenue::decimal(18, 2), -revenue_usd::decimal(18, 2) from {BACK}
        where revenue::decimal(18, 2) <> 0""",
        """select order_id, closed_on, amount_native::decimal(18, 2), amount_reporting
        from marts.fct_opportunity where is_refund""",
    ),
    "net revenue by day": (
        f"""select day, sum(usd) from (
            select sold_on::date as day, revenue_usd::decimal(18, 2) as usd from {SALES}
            union all select refunded_on::date, -revenue_usd::decimal(18, 2) from {BACK}
        ) group by day having sum(usd) <> 0""",
        "select date_day, sum(revenue) from marts.mart_sales_results group by all having sum(revenue) <> 0",
    ),
    "revenue, bookings, refunds and orders by month": (
        f"""select month, sum(booked), -sum(back), sum(booked - back), sum(orders)::bigint from (
            select date_trunc('month', sold_on::date)::date as month, revenue_usd::decimal(18, 2) as booked,
                0.00::decimal(18, 2) as back, 1 as orders from {SALES}
            union all
            select date_trunc('month', refunded_on::date)::date, 0, revenue_usd::decimal(18, 2), 0 from {BACK}
        ) group by month""",
        """select period_start, bookings, refunds, revenue, orders from marts.mart_sales_by_dimension
        where period_grain = 'month' and dimension_type = 'sale_kind'""",
    ),
    "revenue by channel": (
        f"""select channel, sum(usd) from (
            select channel, revenue_usd::decimal(18, 2) as usd from {SALES}
            union all
            select orders.channel, -refunds.revenue_usd::decimal(18, 2) from {BACK} inner join {SALES} using (id)
        ) group by channel""",
        """select dimension_value, sum(revenue) from marts.mart_sales_by_dimension
        where period_grain = 'month' and dimension_type = 'channel' group by all""",
    ),
    "units and list price of every product of every order": (
        """select 'shopify:' || shop || '/' || number, product, sum(quantity::decimal(18, 3)),
            sum(case when shop = 'wren-row' then list::decimal(18, 2) end)
        from order_products group by all""",
        """select opportunity_id, product_name, sum(quantity)::decimal(18, 3),
            sum(case when currency = 'USD' then list_reporting end)
        from marts.fct_sales_line where not is_refund group by all""",
    ),
    "what the things of every order of the dollar shop cost, and its margin": (
        """select 'shopify:' || shop || '/' || number, cost, revenue_usd::decimal(18, 2) - cost
        from (
            select shop, number, sum(cost::decimal(18, 2)) as cost from order_products group by all
        ) inner join orders using (shop, number)
        where shop = 'wren-row'""",
        """select opportunity_id, sum(cost_reporting)::decimal(18, 2), sum(margin_reporting)::decimal(18, 2)
        from marts.fct_sales_line where not is_refund and opportunity_id like 'shopify:wren-row/%' group by all""",
    ),
    "cohorts by the month of the first purchase: customers, purchases and revenue to date": (
        """select date_trunc('month', first_on::date)::date, count(*), sum(purchases::bigint)::bigint,
            sum(revenue_usd::decimal(18, 2)) from customers group by all""",
        """select cohort_month, count(*), sum(purchases)::bigint, sum(revenue_to_date)::decimal(18, 2)
        from marts.mart_customer_value where cohort_month is not null group by all""",
    ),
    "what orders paid back wholly took back, by product": (
        """select product, sum(quantity::decimal(18, 3)) from order_products
        inner join (select distinct shop, number from refunds where is_whole = 'True') using (shop, number)
        group by all""",
        """select product_name, -sum(quantity)::decimal(18, 3) from marts.fct_sales_line
        where is_refund and line_kind = 'recorded' group by all""",
    ),
    "customers with their first and last purchase, how many, what they brought and how they came": (
        """select first_on::date, last_on::date, purchases::bigint, revenue_usd::decimal(18, 2), channel
        from customers""",
        """select first_purchase_on, last_purchase_on, purchases, revenue_to_date, channel
        from marts.mart_customer_value""",
    ),
    "new customers by campaign": (
        f"select coalesce(campaign, '(none)'), count(*) from {SALES} where is_first = 'True' group by all",
        """select campaign_name, sum(new_customers)::bigint from marts.mart_channel_kpi_daily
        group by all having sum(new_customers) > 0""",
    ),
    "new customers by channel and day": (
        f"""select sold_on::date, channel, count(*) from {SALES} where is_first = 'True' group by all""",
        """select date_day, channel, sum(new_customers)::bigint from marts.mart_channel_kpi_daily
        group by all having sum(new_customers) > 0""",
    ),
    "share of customers who bought again": (
        """select count(*) filter (where purchases::int > 1), count(*) from customers""",
        "select count(*) filter (where purchases > 1), count(*) from marts.mart_customer_value",
    ),
    "who is a customer at each month's end": (
        """select months.month, count(*) from (
            select distinct date_trunc('month', sold_on::date)::date as month from orders where reason is null
        ) as months
        inner join customers on date_trunc('month', first_on::date) <= months.month group by all""",
        """select period_start, customers_end from marts.mart_retention
        where basis = 'orders' and period_grain = 'month'""",
    ),
    "the share of revenue of the best fifth of the customers": (
        """select round(sum(usd) filter (where place <= ceil(0.2 * n)) / sum(usd), 9) from (
            select revenue_usd::decimal(18, 2) as usd, count(*) over () as n,
                row_number() over (order by revenue_usd::decimal(18, 2) desc) as place from customers
        )""",
        """select distinct round(top20_share, 9) from marts.mart_pareto
        where dimension = 'customer' and period_grain = 'all'""",
    ),
    "spend, impressions, clicks and claimed purchases by day and campaign": (
        """select date::date, source, campaign, spend::decimal(18, 2), impressions::bigint, clicks::bigint,
            purchases::decimal(18, 2), value::decimal(18, 2)
        from ads_daily""",
        """select date_day, source, campaign_name, sum(spend_reporting)::decimal(18, 2), sum(impressions)::bigint,
            sum(clicks)::bigint, coalesce(sum(purchases), 0)::decimal(18, 2),
            coalesce(sum(purchase_value_reporting), 0)::decimal(18, 2)
        from marts.fct_ad_performance group by all""",
    ),
    "newsletters": (
        """select name, sent_on::date, sent::bigint, delivered::bigint, opens::bigint, clicks::bigint,
            unsubscribes::bigint, orders::bigint, revenue::decimal(18, 2) from sends""",
        """select send_name, sent_on, sent, delivered, opens_reported, clicks_unique, unsubscribes, orders,
            revenue_reporting::decimal(18, 2) from marts.fct_email_campaign""",
    ),
    "sessions, engaged sessions and key events by day and channel": (
        "select date::date, channel, sessions::bigint, engaged::bigint, purchases::bigint from web_daily",
        """select date_day, channel, sum(sessions)::bigint, sum(engaged_sessions)::bigint, sum(key_events)::bigint
        from marts.fct_web_traffic group by all""",
    ),
    "searches by day, query, page, country and device": (
        """select date::date, query, page, country, lower(device), clicks::bigint, impressions::bigint,
            position_sum::decimal(18, 2)
        from searches""",
        """select date_day, query, page, country, device, clicks, impressions, position_sum::decimal(18, 2)
        from marts.fct_search_performance""",
    ),
    "sales and new customers beside their costs": (
        f"""select count(*), count(*) filter (where is_first = 'True'), sum(revenue_usd::decimal(18, 2))
            - (select sum(revenue_usd::decimal(18, 2)) from refunds) from {SALES}""",
        """select sum(orders)::bigint, sum(new_customers)::bigint, sum(revenue)::decimal(18, 2) from marts.mart_roi
        where basis = 'activity' and period_grain = 'all' and dimension_type = 'total'""",
    ),
}


@pytest.fixture(scope="module")
def both(shop_house: Settings, shop_folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published marts of the shop and the truth in one connection."""
    with both_sides(shop_house, shop_folder / "truth") as connection:
        yield connection


@pytest.mark.parametrize("name", COMPARISONS)
def test_the_marts_say_what_happened(both: duckdb.DuckDBPyConnection, name: str) -> None:
    truth, marts = COMPARISONS[name]
    assert_equal_rows(both, truth, marts.replace("marts.", "published.marts."))


def test_every_file_is_loaded_and_nothing_is_a_deal(both: duckdb.DuckDBPyConnection) -> None:
    refused = "select file_name, outcome, reason from published.marts.mart_file_outcome where outcome <> 'loaded'"
    assert both.execute(refused).fetchall() == []
    assert both.execute(
        "select count(*) from published.marts.fct_opportunity where sale_kind <> 'order'"
    ).fetchone() == (0,)
    assert both.execute("select count(*) from published.marts.fct_stage_interval").fetchone() == (0,)
