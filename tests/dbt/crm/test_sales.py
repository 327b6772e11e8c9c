"""Sales marts of the hand-worked company: amounts, dimensions as of the close, lines that add up, average ticket."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow


def deal(company: RawFactory, identifier: str, columns: str) -> tuple[Any, ...]:
    """Some columns of one opportunity."""
    rows = company.rows(f"select {columns} from marts.fct_opportunity where opportunity_id = '{identifier}'")
    assert len(rows) == 1
    return tuple(rows[0].values())


def test_each_deal_is_valued_with_the_rate_of_its_event(company: RawFactory) -> None:
    rows = company.rows("select opportunity_id as id, amount_reporting as usd from marts.fct_opportunity")
    assert {row["id"].split(":")[1]: row["usd"] for row in rows} == {
        "O1": Decimal("1000.00"),
        "O2": Decimal("110.01"),  # 100.01 EUR x 1.10 (20 February) = 110.011
        "O3": Decimal("1000.00"),  # 25,000,000 VND / 25,000
        "O4": Decimal("6.71"),  # 1001 JPY x 0.0067 = 6.7067
        "O5": Decimal("0.00"),
        "O6": Decimal("500.00"),
        "O7": Decimal("360.00"),  # open: 300 EUR x 1.20, the rate of its creation on 1 March
        "O8": None,  # no rate leads from SEK to USD
        "O9": Decimal("200.00"),
        "O11": Decimal("50.00"),
        "D1": Decimal("2000.00"),
    }


def test_a_deal_without_a_rate_is_flagged_and_still_counted(company: RawFactory) -> None:
    assert deal(company, "salesforce:O8", "is_fx_missing, status, amount_native") == (True, "won", Decimal("900.000"))


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        pytest.param("salesforce:O3", ("Thu Dang", "Sales APAC"), id="handed over after the close, owner has left"),
        pytest.param("salesforce:O2", ("Jonas Krämer", "Sales EMEA"), id="owner changed the team after the close"),
        pytest.param("hubspot:D1", ("Dana Whitfield", "Sales AMER"), id="another tool writes the name only"),
    ],
)
def test_owner_and_team_are_as_of_the_close(company: RawFactory, identifier: str, expected: tuple[str, str]) -> None:
    assert deal(company, identifier, "rep_name, team") == expected


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        pytest.param("salesforce:O2", ("EMEA", "EMEA"), id="address of the close, not of today"),
        pytest.param("salesforce:O7", ("APAC", "EMEA"), id="open deals have today's address; shipping is kept"),
        pytest.param("salesforce:O3", ("APAC", "Unknown"), id="account merged through a chain, country in lower case"),
        pytest.param("salesforce:O4", ("Unknown", "Unknown"), id="no address"),
    ],
)
def test_region_is_as_of_the_close(company: RawFactory, identifier: str, expected: tuple[str, str]) -> None:
    assert deal(company, identifier, "region, region_alternate") == expected


@pytest.mark.parametrize(
    ("identifier", "status", "stage"),
    [
        pytest.param("salesforce:O9", "won", "Won", id="localised name, flags decide"),
        pytest.param("salesforce:O7", "open", "Negotiation", id="localised name of an open stage"),
        pytest.param("salesforce:O6", "lost", "Lost", id="re-opened: the last close wins"),
        pytest.param("salesforce:O11", "open", "Unknown", id="closes after the reporting day"),
        pytest.param("hubspot:D1", "won", "Won", id="no flags, the name decides"),
    ],
)
def test_status_and_stage(company: RawFactory, identifier: str, status: str, stage: str) -> None:
    assert deal(company, identifier, "status, stage") == (status, stage)


def test_cycles_are_never_negative(company: RawFactory) -> None:
    rows = company.rows(
        "select opportunity_id as id, cycle_days as days from marts.fct_opportunity where status = 'won'"
    )
    assert {row["id"].split(":")[1]: row["days"] for row in rows} == {
        "O1": 28, "O2": 31, "O3": 0, "O4": None, "O5": 14, "O8": 10, "O9": 5, "D1": 26,
    }  # fmt: skip
    assert deal(company, "salesforce:O4", "is_closed_before_created") == (True,)
    # The lead of O1 was created on 31 January at 20:00 UTC: 1 February in Vietnam, 37 days before 10 March.
    assert deal(company, "salesforce:O1", "full_cycle_days, lead_created_on::text") == (37, "2026-02-01")


def test_only_the_first_won_deal_of_an_account_is_a_new_account(company: RawFactory) -> None:
    rows = company.rows("select opportunity_id as id from marts.fct_opportunity where is_new_account order by 1")
    # O5 and O8 came after O1 of the same account, O9 after O2.
    assert [row["id"] for row in rows] == [
        "hubspot:D1", "salesforce:O1", "salesforce:O2", "salesforce:O3", "salesforce:O4",
    ]  # fmt: skip


def test_new_customers_are_one_number(company: RawFactory) -> None:
    told = [
        "select sum(new_customers) from marts.mart_channel_kpi_daily",
        "select sum(new_customers) from marts.mart_roi where basis = 'activity' and period_grain = 'all' "
        "and dimension_type = 'channel'",
        "select count(*) from marts.fct_opportunity where is_new_account",
    ]
    assert [next(iter(company.rows(query)[0].values())) for query in told] == [5, 5, 5]
    rows = company.rows("select sum(new_customers_with_lead)::int as n from marts.mart_channel_kpi_daily")
    assert rows == [{"n": 2}]  # O1 and D1; O2, O3 and O4 were won without a lead


def test_channel_of_origin(company: RawFactory) -> None:
    rows = company.rows("select opportunity_id as id, channel from marts.fct_opportunity where channel <> 'Unknown'")
    assert {row["id"].split(":")[1]: row["channel"] for row in rows} == {
        "O1": "Paid Search",  # campaign of its lead
        "O2": "Email",  # no person: its own campaign
        "O3": "Outbound Sales",  # its own lead source
        "O7": "Events",  # its contact answered a campaign before the deal began
        "D1": "Organic Search",  # original source of its contact
    }


def test_lines_of_each_deal_add_up_to_the_cent(company: RawFactory) -> None:
    rows = company.rows("select line_id, amount_native as native, amount_reporting as usd from marts.fct_sales_line")
    found = {row["line_id"].split(":")[1]: (row["native"], row["usd"]) for row in rows}
    assert found == {
        "N11": (Decimal(600), Decimal(600)),
        "N12": (Decimal(300), Decimal(300)),  # 3 x 100
        "O1#unallocated": (Decimal(100), Decimal(100)),
        # 110.01 = 36.66 + 36.67 + 36.67 + one cent for the largest remainder (.663, .674, .674: the first).
        "N21": (Decimal("33.33"), Decimal("36.66")),
        "N22": (Decimal("33.34"), Decimal("36.68")),
        "N23": (Decimal("33.34"), Decimal("36.67")),
        "O3#unspecified": (Decimal(25_000_000), Decimal(1000)),
        # 1001 yen: 500 + 500 (no decimals) + 1; 6.71 = 3.35 + 3.35 + 0.01 (0.0067 has the largest remainder).
        "N41": (Decimal(500), Decimal("3.35")),
        "N42": (Decimal(500), Decimal("3.35")),
        "O4#unallocated": (Decimal(1), Decimal("0.01")),
        "O5#unspecified": (Decimal(0), Decimal(0)),
        "O8#unspecified": (Decimal(900), None),
        "O9#unspecified": (Decimal(200), Decimal(200)),
        "D1#unspecified": (Decimal(2000), Decimal(2000)),
    }


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        ("total", {"All": "4316.72"}),
        ("region", {"AMER": "1000.00", "EMEA": "310.01", "APAC": "1000.00", "Unknown": "2006.71"}),
        ("distribution_channel", {"Direct": "1000.00", "Partner": "110.01", "Online": "1000.00", "Unknown": "2206.71"}),
        # A quarter of O9, 50.00 of Dana's 3,206.71, is Jonas's.
        ("rep", {"Dana Whitfield": "3156.71", "Jonas Krämer": "160.01", "Thu Dang": "1000.00"}),
        ("team", {"Sales AMER": "3156.71", "Sales EMEA": "160.01", "Sales APAC": "1000.00"}),
        ("source", {"salesforce": "2316.72", "hubspot": "2000.00"}),
        ("product", {"Suite": "676.68", "Training": "336.68", "salesforce:P9": "3.35", "Unallocated": "100.01",
                     "Unspecified": "3200.00"}),
    ],
)  # fmt: skip
def test_revenue_of_the_quarter(company: RawFactory, dimension: str, expected: dict[str, str]) -> None:
    rows = company.rows(
        "select dimension_value as value, revenue from marts.mart_sales_by_dimension "
        f"where period_grain = 'quarter' and dimension_type = '{dimension}'"
    )
    assert {row["value"]: str(row["revenue"]) for row in rows} == expected


def test_average_ticket_leaves_zero_wins_out(company: RawFactory) -> None:
    (row,) = company.rows(
        "select won_deals, won_deals_zero, won_deals_without_rate, ticket_denominator, average_ticket, median_ticket "
        "from marts.mart_sales_by_dimension where period_grain = 'quarter' and dimension_type = 'total'"
    )
    assert (row["won_deals"], row["won_deals_zero"], row["won_deals_without_rate"]) == (8, 1, 1)
    assert row["ticket_denominator"] == 6
    assert row["average_ticket"] == pytest.approx(4316.72 / 6)
    assert row["median_ticket"] == 600.0  # of 6.71, 110.01, 200, 1000, 1000, 2000


def test_a_day_with_only_a_zero_win_has_no_ticket(company: RawFactory) -> None:
    (row,) = company.rows(
        "select revenue, won_deals, average_ticket, median_ticket from marts.mart_sales_by_dimension "
        "where period_grain = 'day' and period_start = date '2026-03-15' and dimension_type = 'total'"
    )
    assert row == {"revenue": Decimal("0.00"), "won_deals": 1, "average_ticket": None, "median_ticket": None}


def test_calls_count_talking_time_of_answered_calls_only(company: RawFactory) -> None:
    rows = company.rows(
        "select rep_name, team, calls, calls_answered, calls_unanswered, calls_without_duration, calls_over_4h, "
        "average_talk_seconds from marts.mart_call_daily order by date_day, rep_name"
    )
    assert [tuple(row.values()) for row in rows] == [
        # Tasks of the CRM that are calls; without a duration nobody answered.
        ("Dana Whitfield", "Sales AMER", 1, 0, 1, 0, 0, None),
        ("Jonas Krämer", "Sales EMEA", 1, 0, 1, 0, 0, None),
        ("Dana Whitfield", "Sales AMER", 4, 2, 1, 1, 0, 90.0),  # (60 + 120) / 2
        ("Unknown", "Unknown", 1, 0, 1, 0, 0, None),
        ("Zed Helper", "Support", 1, 1, 0, 0, 1, 18_000.0),
    ]
