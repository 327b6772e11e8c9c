"""Identity and funnel of the hand-worked company."""

from __future__ import annotations

import pytest

from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow


def test_one_person_however_many_records(company: RawFactory) -> None:
    rows = company.rows("select person_id, crm_records, is_lead from marts.dim_person order by person_id")
    assert [tuple(row.values()) for row in rows] == [
        ("hubspot:H1", 1, True),
        ("salesforce:K10", 1, False),
        ("salesforce:L1", 3, True),  # two forms and the contact
        ("salesforce:L4", 1, True),  # L5 went into L3, L3 into L4
        ("salesforce:L8", 2, True),
        ("salesforce:L9", 1, True),
    ]


def test_excluded_records_are_named_with_their_reason(company: RawFactory) -> None:
    rows = company.rows("select record_key, reason from staging.stg_crm_exclusions")
    assert {row["record_key"].split(":")[1]: row["reason"] for row in rows} == {
        "A5": "merged", "A6": "merged", "L3": "merged", "L5": "merged", "L6": "deleted", "O10": "deleted",
        "L7": "missing_from_newest_export", "S4": "missing_from_newest_export",
        # A7, L10 and O13 by their names, O12 as a deal of A7, M6 as a membership of L10.
        "A7": "test", "L10": "test", "M6": "test", "O12": "test", "O13": "test",
    }  # fmt: skip


def test_the_log_counts_each_exclusion_once(company: RawFactory) -> None:
    rows = company.rows(
        "select entity, reason, row_count from marts.mart_exclusion_log where excluded_by = 'staging' order by 1, 2"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("crm_accounts", "merged", 2),
        ("crm_accounts", "test", 1),
        ("crm_campaign_members", "test", 1),
        ("crm_leads", "deleted", 1),
        ("crm_leads", "merged", 2),
        ("crm_leads", "missing_from_newest_export", 1),
        ("crm_leads", "test", 1),
        ("crm_opportunities", "deleted", 1),
        ("crm_opportunities", "test", 2),
        ("crm_opportunity_splits", "missing_from_newest_export", 1),
        ("goals", "goal_incomplete", 1),  # "vague"
        ("goals", "not_in_newest", 2),  # the file before: "given up" is gone, not incomplete as well
    ]


def test_origin_of_each_lead(company: RawFactory) -> None:
    rows = company.rows(
        "select person_id, lead_created_on::text as day, channel, origin_department, has_filled_form, "
        "first_won_on::text as won from marts.dim_person where is_lead order by 2"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("salesforce:L1", "2026-02-01", "Paid Search", "Marketing", True, "2026-03-10"),
        # A newsletter two days later is not an origin; the CRM does not count this lead's forms.
        ("salesforce:L4", "2026-02-04", "Outbound Sales", "Sales", None, None),
        ("salesforce:L8", "2026-02-10", "Partner", "Partner", False, None),
        ("salesforce:L9", "2026-02-11", "Unknown", "Other", None, None),
        ("hubspot:H1", "2026-02-12", "Organic Search", "Unknown", True, "2026-03-18"),
    ]


def test_volumes_by_stage(company: RawFactory) -> None:
    rows = company.rows(
        "select stage, sum(entered)::int as entered, sum(entered_strict)::int as strict, sum(reentered)::int as again, "
        "sum(exited_forward)::int as forward, sum(exited_lost)::int as lost, sum(exited_recycled)::int as recycled, "
        "sum(in_stage_at_end) filter (where date_day = data_as_of)::int as stock "
        "from marts.mart_funnel_daily group by stage, stage_order order by stage_order, stage"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("Inquiry", 4, 4, 0, None, None, None, None),  # M1-M4; M5 did not respond
        ("Lead", 5, 5, 0, 5, 0, 0, 0),
        ("Contacted", 1, 1, 0, None, None, None, None),  # L1; L4 before it existed, L8 by a machine, L9 only planned
        ("MQL", 5, 4, 1, 3, 1, 1, 1),  # L8 skipped it; L4 twice; L9 is still there
        ("SAL", 3, 2, 0, 2, 0, 0, 1),  # L8 was converted without a deal: accepted, no opportunity
        ("Opportunity", 11, 11, 0, 8, 1, 0, 2),
        ("Customer", 2, 2, 0, 0, 0, 0, 2),  # L1 and H1; the other deals have no lead
        ("Recycled", 1, 1, 0, 0, 0, 0, 0),  # L4, back as MQL
        ("Won", 8, 8, 0, 0, 0, 0, 8),
        ("Lost", 1, 1, 0, 0, 0, 0, 1),
    ]


def test_a_second_form_moves_nobody_back(company: RawFactory) -> None:
    rows = company.rows(
        "select person_id, string_agg(funnel_stage, ' > ' order by stay_number) as path "
        "from intermediate.int_person_stage group by person_id order by person_id"
    )
    assert {row["person_id"].split(":")[1]: row["path"] for row in rows} == {
        "H1": "Lead > MQL > Opportunity",
        "L1": "Lead > MQL > SAL > Opportunity",
        "L4": "Lead > MQL > Recycled > MQL > Lost",
        "L8": "Lead > SAL",
        "L9": "Lead > MQL",
    }


def test_a_response_has_the_time_of_its_record_or_says_that_it_has_none(company: RawFactory) -> None:
    rows = company.rows(
        "select response_id, responded_at::text as at, responded_on::text as day, is_time_assumed as assumed "
        "from marts.fct_campaign_response where response_id in ('salesforce:M2', 'salesforce:M4') order by 1"
    )
    assert [tuple(row.values())[1:] for row in rows] == [
        ("2026-02-08 05:00:00", "2026-02-08", False),
        ("2026-02-25 17:00:00", "2026-02-26", True),  # the day begins in Saigon; the member was made the day before
    ]


def test_a_lead_has_a_segment_from_when_its_company_is_known(company: RawFactory) -> None:
    rows = company.rows(
        "select stage, segment from marts.fct_stage_interval "
        "where entity_id = 'salesforce:L1' and entity_type = 'person' order by interval_number"
    )
    # L1 was converted to a contact of Acme when it became an opportunity.
    assert [tuple(row.values()) for row in rows] == [
        ("Lead", "Unknown"), ("MQL", "Unknown"), ("SAL", "Unknown"), ("Opportunity", "SMB"), ("Customer", "SMB"),
    ]  # fmt: skip


def test_handed_back_and_returning_mqls(company: RawFactory) -> None:
    rows = company.rows(
        "select date_day::text as day, mql_recycled, mql_rejected, mql_rejected_reasons from marts.mart_funnel_daily "
        "where stage = 'MQL' and (mql_recycled > 0 or mql_rejected > 0) order by 1"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("2026-02-08", 0, 1, "Unspecified 1"), ("2026-02-20", 1, 0, None), ("2026-03-01", 0, 1, "No budget 1"),
    ]  # fmt: skip


def test_stock_on_a_day(company: RawFactory) -> None:
    rows = company.rows(
        "select stage, sum(in_stage_at_start)::int, sum(in_stage_at_end)::int, sum(active_during)::int "
        "from marts.mart_funnel_daily where date_day = date '2026-02-10' and unit = 'person' and stage <> 'Contacted' "
        "group by stage order by stage"
    )
    # L8 becomes a lead; L1 leaves SAL; nobody is an MQL (L4 was recycled on 8 February).
    assert [tuple(row.values()) for row in rows] == [
        ("Lead", 0, 1, 1), ("MQL", 0, 0, 0), ("Recycled", 1, 1, 1), ("SAL", 1, 0, 1),
    ]  # fmt: skip


def test_steps_of_a_deal_with_two_changes_in_one_instant(company: RawFactory) -> None:
    rows = company.rows(
        "select canonical_stage as stage, entered_on::text as day, evidence from intermediate.int_opportunity_stage "
        "where opportunity_id = 'salesforce:O1' order by stay_number"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("Prospecting", "2026-02-10", "history"),
        ("Needs Analysis", "2026-02-20", "history"),
        ("Won", "2026-03-10", "history"),
    ]


def test_a_reopened_deal_keeps_its_earlier_close_in_the_history(company: RawFactory) -> None:
    rows = company.rows(
        "select canonical_stage as stage from intermediate.int_opportunity_stage "
        "where opportunity_id = 'salesforce:O6' order by stay_number"
    )
    assert [row["stage"] for row in rows] == ["Prospecting", "Won", "Negotiation", "Lost"]


def test_steps_from_stage_columns(company: RawFactory) -> None:
    rows = company.rows(
        "select canonical_stage as stage, entered_on::text as day from intermediate.int_opportunity_stage "
        "where opportunity_id = 'hubspot:D1' order by stay_number"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("Prospecting", "2026-02-20"), ("Negotiation", "2026-03-01"), ("Won", "2026-03-18"),
    ]  # fmt: skip


def test_leads_by_department(company: RawFactory) -> None:
    rows = company.rows("select department, sum(leads)::int as leads from marts.mart_lead_daily group by 1 order by 1")
    assert [tuple(row.values()) for row in rows] == [
        ("Marketing", 1), ("Other", 1), ("Partner", 1), ("Sales", 1), ("Unknown", 1),
    ]  # fmt: skip


def test_no_mart_holds_the_hash_of_an_address(company: RawFactory) -> None:
    rows = company.rows(
        "select table_name, column_name from information_schema.columns "
        "where table_schema = 'marts' and (column_name like '%hash%' or column_name like '%email%')"
        " and table_name in ('dim_person', 'dim_account', 'fct_opportunity', 'mart_lead_daily', 'mart_call_daily')"
    )
    assert rows == []
