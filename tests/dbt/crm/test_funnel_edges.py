"""The edges that the requirements name, each on the hand-worked company (scenario.py); the test id names the edge."""

from __future__ import annotations

from typing import Any

import pytest

from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow

L1, L4 = "'salesforce:L1'", "'salesforce:L4'"
CONVERSION = "from marts.mart_funnel_conversion where dimension_type = 'all' and metric = "

EDGES = [
    # L1 and L2 are forms of one person; both answered a campaign.
    pytest.param(
        f"select lead_records, responses from marts.mart_lead_journey where person_id = {L1}",
        [(2, 2)],
        id="R013 one person via two forms is one lead with two responses",
    ),
    # L5 went into L3 and L3 into L4.
    pytest.param(
        f"select lead_records, (select sum(leads)::int from marts.mart_lead_daily) from marts.mart_lead_journey "
        f"where person_id = {L4}",
        [(1, 5)],
        id="R013 re-created after a merge is not counted again",
    ),
    # L1 and H1 filled in forms, L8 none; of L4 and L9 nothing is known.
    pytest.param(
        "select sum(leads_with_form)::int, sum(leads_form_unknown)::int from marts.mart_lead_daily",
        [(2, 2)],
        id="R014 unknown forms are not none",
    ),
    # L1 was called; L8 got a mail by a machine; L4 was called before it was a lead; the call of L9 is only planned.
    pytest.param(
        "select sum(leads_contacted)::int, sum(automated_contacts)::int from marts.mart_lead_daily",
        [(1, 1)],
        id="R015 automated mails are apart",
    ),
    pytest.param(
        "select string_agg(split_part(response_id, ':', 2), ' ' order by response_id) from marts.fct_campaign_response",
        [("M1 M2 M3 M4",)],  # M5 did not respond
        id="R016 a member without a response is not an inquiry",
    ),
    # L4, the only lead of Outbound Sales, was MQL twice.
    pytest.param(
        "select sum(entered)::int, sum(mql_recycled)::int from marts.mart_funnel_daily "
        "where stage = 'MQL' and channel = 'Outbound Sales'",
        [(1, 1)],
        id="R017 a recycled lead's second MQL is apart",
    ),
    pytest.param(
        f"select outcome, exit_reason from marts.fct_stage_interval where entity_id = {L4} and stage = 'MQL' "
        "order by 1",
        [("lost", "No budget"), ("recycled", "Unspecified")],
        id="R018 rejected hand-offs have reasons",
    ),
    pytest.param(
        "select channel from marts.fct_opportunity where opportunity_id = 'salesforce:O7'",
        [("Events",)],  # K10, its contact by role, came to the fair
        id="R019 a deal without a lead has its source from contact roles",
    ),
    pytest.param(
        "select status, closed_on::text from marts.fct_opportunity where opportunity_id = 'salesforce:O6'",
        [("lost", "2026-03-20")],  # won on 10 February, re-opened on the 12th
        id="R020 of a re-opened deal the last close wins",
    ),
    pytest.param(
        "select count(*) from (select *, lag(in_stage_at_end, 1, 0) "
        "over (partition by stage, channel order by date_day) as before "
        "from marts.mart_funnel_daily where in_stage_at_end is not null) where in_stage_at_start <> before "
        "or in_stage_at_end <> in_stage_at_start + entered + reentered "
        "- exited_forward - exited_lost - exited_recycled - exited_back",
        [(0,)],
        id="R022 start + in - out = end, and the end is the next start",
    ),
    pytest.param(
        "select sum(leads)::int from marts.mart_lead_daily where department = 'Unknown'",
        [(1,)],
        id="R023 unknown department shown",
    ),
    pytest.param(
        "select sum(entered)::int, sum(entered_strict)::int from marts.mart_funnel_daily where stage = 'MQL'",
        [(5, 4)],  # L8 skipped it
        id="R025 strict and imputed are both published",
    ),
    # L1 bought after 37 days (1 February to 10 March), H1 after 34 (12 February to 18 March).
    pytest.param(
        f"select window_days, numerator, denominator {CONVERSION}'lead_to_customer' and basis = 'cohort' "
        "and window_days in (30, 60) order by 1",
        [(30, 0, 5), (60, 2, 5)],
        id="R026 windows of cohorts",
    ),
    # SAL: L1, and implied L8. L9 still waits; L4 was lost. H1's CRM has nobody in SAL: who passed it there is unknown.
    pytest.param(
        f"select numerator, denominator, n_open {CONVERSION}'mql_to_sal' and basis = 'cohort' and window_days is null",
        [(2, 4, 1)],
        id="R031 an MQL not accepted yet is pending, not rejected",
    ),
    # March, won: O1 1000, O4 6.71, O5 0, O8 without a rate, O9 200, D1 2000; lost: O6 500.
    pytest.param(
        f"select numerator, denominator, numerator_amount::text, denominator_amount::text {CONVERSION}'win_rate' "
        "and month_start = '2026-03-01'",
        [(6, 7, "3206.71", "3706.71")],
        id="R032 by count and by value, re-opened and lost once",
    ),
    pytest.param(
        f"select count(*) {CONVERSION}'win_rate' and month_start = '2026-01-01'",
        [(0,)],
        id="R032 nothing closed gives NULL, not 0",
    ),
    # Eleven deals, eight won, O6 lost, O7 and O11 open.
    pytest.param(
        f"select sum(numerator)::int, sum(denominator)::int {CONVERSION}'created_to_won' and basis = 'cohort' "
        "and window_days is null",
        [(8, 11)],
        id="R032 open deals in the denominator of the created cohort",
    ),
    # L1's deal went from Needs Analysis to Won.
    pytest.param(
        f"select numerator, denominator, numerator_strict {CONVERSION}'contacted_to_negotiation' and basis = 'cohort' "
        "and window_days is null",
        [(1, 1, 0)],
        id="R034 a skipped negotiation was passed",
    ),
    pytest.param(
        "select responded_on::text from marts.fct_campaign_response where response_id = 'salesforce:M1'",
        [("2026-02-01",)],  # 31 January 20:00 UTC
        id="R041 a response belongs to the business day",
    ),
    pytest.param(
        "select sum(n_completed)::int, sum(n_skipped)::int from marts.mart_funnel_velocity "
        "where metric = 'lead_to_mql' and dimension_type = 'all'",
        [(4, 1)],  # L8 skipped MQL
        id="R042 a skipped stage took no time that counts",
    ),
    # O4 was closed the day before it was created; O3 on the same day counts with 0.
    pytest.param(
        "select sum(n_completed)::int, sum(n_negative)::int from marts.mart_funnel_velocity "
        "where metric = 'sales_cycle_won' and dimension_type = 'all'",
        [(7, 1)],
        id="R043 a close before the creation is in no average, the same day is 0",
    ),
    # MQL from 6 to 8 and from 20 February to 1 March.
    pytest.param(
        "select days_in_stage, days_in_stage_cumulative from marts.fct_stage_interval "
        f"where entity_id = {L4} and stage = 'MQL' order by interval_number",
        [(2.0, 2.0), (9.0, 11.0)],
        id="R044 re-entry resets the age, the sum is kept",
    ),
    # The person of L1 and L2 answered both; L3, merged into L4, the newsletter; K10 is not a lead.
    pytest.param(
        "select program_name, leads from marts.mart_program_funnel where program_kind = 'campaign' order by 1",
        [("Newsletter", 2), ("Spring Search", 1)],
        id="R040 R047 a lead of several campaigns is in each",
    ),
    pytest.param(
        "select sum(n_completed)::int, sum(n_touched_before)::int, sum(n_open)::int, sum(n_contact_unknown)::int "
        "from marts.mart_funnel_velocity where metric = 'speed_to_lead' and dimension_type = 'all'",
        [(2, 1, 2, 1)],  # L1, and L4 at once; L8 and L9 wait; H1's CRM exports no activities
        id="R049 a touch before the creation is 0 and marked, never contacted is open",
    ),
    pytest.param(
        f"select min(entered_on)::text from marts.fct_stage_interval where entity_id = {L1}",
        [("2026-02-01",)],  # 31 January 20:00 UTC is 1 February 03:00
        id="R077 absent before the creation, by the end of the business day",
    ),
    # O6, which belongs to no lead, is opened on the 1st, won on the 10th and open again on the 12th; L1 buys in March.
    pytest.param(
        "select stage, entered_on::text from marts.fct_stage_interval where entity_type = 'account' "
        "and entity_id = 'salesforce:A1' order by interval_number",
        [("Lead", "2026-02-01"), ("Opportunity", "2026-02-01"), ("Customer", "2026-02-10"),
         ("Opportunity", "2026-02-12"), ("Customer", "2026-03-10")],
        id="R077 a company is where its furthest person or deal is",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), EDGES)
def test_edge(company: RawFactory, query: str, expected: list[tuple[Any, ...]]) -> None:
    assert [tuple(row.values()) for row in company.rows(query)] == expected
