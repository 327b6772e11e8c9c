"""Exports of real CRMs in their odd forms, from the file to the mart. Built once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import pytest

from funnelhouse.settings import load_settings
from tests.bare_build import BareBuild
from tests.contracts.conftest import Exports

pytestmark = pytest.mark.slow

DEALS = (
    "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Currency,Close Date,Create Date,Is Closed Won,Is Deal Closed?,"
    "Associated Company,Associated Company IDs,Merged Deal IDs\n"
)
CONTACTS = "Record ID,Email,Lifecycle Stage,Lead Status,Create Date,Original Traffic Source,Became a Lead Date"
LEADS = (
    "Id,IsDeleted,Company,LeadSource,Status,OwnerId,IsConverted,ConvertedDate,ConvertedAccountId,ConvertedContactId,"
    "ConvertedOpportunityId,CreatedDate,SystemModstamp,LastName\n"
)
OPPORTUNITY = (
    "Id,AccountId,Name,StageName,Amount,CurrencyIsoCode,CloseDate,CreatedDate,IsClosed,IsWon\n"
    "0061,0019,Deal,Prospecting,700,EUR,2026-05-31,2026-02-10T09:00:00.000Z,false,false\n"
)
CALLS = (
    "line,date (TZ offset incl.),time (TZ offset incl.),number timezone,datetime (UTC),country_code,direction,from,to,"
    "answered,missed_call_reason,user,duration (total),duration (in call),via,voicemail,tags\n"
)
LOGGED = (
    "Record ID,Call title,Activity date,Call duration,Call direction,Call outcome,Call status,Activity assigned to,"
    "Associated Contact IDs,Call Source\n"
)
BREVO = (
    "Campaign ID;Campaign Name;Email_ID;Send_Date;Delivered_Date;Open_Date;Total Opens;Total Apple MPP Opens;"
    "Unsubscribe_Date;Hard_Bounce_Date;Hard_Bounce_Reason;Soft_Bounce_Date;Soft_Bounce_Reason;Open_IP;Click_IP;"
    "Unsubscribe_IP;Clicked_Links_Count;Complaint_date;https://example.com/a\n"
)


def _deal(key: int, amount: int, company: str, ids: str, merged: str = "") -> str:
    return (
        f"{key},Deal {key},Closed Won,Sales Pipeline,{amount},EUR,2026-02-10 10:00,2026-01-05 10:00,true,true,"
        f"{company},{ids},{merged}\n"
    )


def _contact(key: int, day: int) -> str:
    return f"{key},c{key}@example.com,Lead,New,2026-01-{day} 09:00,Paid Search,2026-01-{day} 09:00"


def _lead(key: int, converted: str, account: str, contact: str, created: str = "2026-02-01") -> str:
    is_converted, day = ("true", "2026-02-10") if converted else ("false", "")
    return (
        f"00Q{key},false,Firm {key},Web,Working,,{is_converted},{day},{account},{contact},{converted},"
        f"{created}T09:00:00.000Z,2026-02-10T09:00:00.000Z,N\n"
    )


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> Exports:
    settings = load_settings(tmp_path_factory.mktemp("written") / "home")
    settings = replace(settings, as_of=date(2026, 4, 30), currency="EUR", timezone="Europe/Berlin")
    settings.make_folders()
    exports = Exports(settings)

    def put(text: str, name: str, folder: str, day: str) -> None:
        exports.drop(text.encode(), name, folder, exported_at=day, timezone="Europe/Berlin", currency="EUR")

    # 7002 is merged into 7001; 7003 belongs to two companies.
    group = _deal(7003, 500, "Alpha GmbH;Beta GmbH", "8001;8002")
    both = _deal(7001, 1000, "Kunze AG", "8005") + _deal(7002, 1000, "Kunze AG", "8005")
    put(DEALS + both + group, "hubspot-crm-exports-deals.csv", "hubspot/111/1", "2026-03-01")
    one = _deal(7001, 1000, "Kunze AG", "8005", "7002")
    put(DEALS + one, "hubspot-crm-exports-closed-won.csv", "hubspot/111/2", "2026-04-01")
    # 9001 and 9002 are merged into 9003, by a column of ids with times.
    before = "\n".join([CONTACTS, *(_contact(9000 + n, 9 + n) for n in (1, 2, 3))])
    after = f"{CONTACTS},Merged vids with timestamps of a contact\n{_contact(9003, 10)}"
    put(before, "hubspot-crm-exports-leads.csv", "hubspot/112/1", "2026-03-01")
    put(f"{after},9001:1772000000000;9002:1772100000000\n", "leads.csv", "hubspot/112/2", "2026-04-01")
    # Of two leads of February the first is handed over without a deal: Salesforce writes an id of zeros.
    leads = LEADS + _lead(1, "000000000000000AAA", "0011", "0031") + _lead(2, "", "", "")
    leads += _lead(3, "0061", "0019", "0039", "2026-01-20")
    put(leads, "Lead.csv", "salesforce/00D1", "2026-04-01")
    put(OPPORTUNITY, "Opportunity.csv", "salesforce/00D1", "2026-04-01")
    # The telephone system writes each of its calls into the CRM, too.
    call = "Sales,2026-03-05,{0}:30:03,Europe/Berlin,2026-03-05 {1}:30:03,DE,{2},+49301,+49302,{3},,Ada,{4},{5},,,\n"
    told = [("10", "09", "outbound", "Yes", 130, 110), ("11", "10", "inbound", "Yes", 620, 600),
            ("12", "11", "inbound", "No", 20, 0)]  # fmt: skip
    put(CALLS + "".join(call.format(*one) for one in told), "calls.csv", "aircall/main", "2026-03-06")
    logged = (
        "501,Call,2026-03-05 10:30,110000,Outbound,Connected,Completed,Ada,,Aircall\n"
        "502,Call,2026-03-05 11:30,600000,Inbound,Connected,Completed,Ada,,Aircall\n"
        "503,Call,2026-03-05 12:30,0,Inbound,No answer,Missed,Ada,,Aircall\n"
    )
    put(LOGGED + logged, "hubspot-crm-exports-all-calls.csv", "hubspot/117", "2026-03-06")
    # Three mails of a campaign: read and clicked, opened by a machine, bounced. Brevo writes no time of a click.
    sent, ip = "12;March;{}@example.com;03-03-2026 10:45:06;", "203.0.113.7"
    mails = (
        f"{sent.format('jane')}03-03-2026 10:45:09;04-03-2026 08:00:00;2;0;;;;;;{ip};{ip};;1;;1\n"
        f"{sent.format('john')}03-03-2026 10:45:10;03-03-2026 10:45:20;0;1;;;;;;{ip};;;0;;0\n"
        f"{sent.format('gone')};;;;;03-03-2026 10:45:12;unknown user;;;;;;0;;0\n"
    )
    put(BREVO + mails, "campaign.csv", "brevo/a1", "2026-04-01")
    exports.load()
    outcomes = {name: outcome for name, (outcome, _, _) in exports.outcomes().items()}
    assert set(outcomes.values()) == {"loaded"}, outcomes
    bare_build.build(exports.settings)  # every data test holds
    return exports


def _ask(marts: Exports, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(marts.settings.build_file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_deal_that_was_merged_into_another_one_counts_nowhere(marts: Exports) -> None:
    deals = "select opportunity_id, status, amount_native::int from marts.fct_opportunity "
    deals += "where source = 'hubspot' order by 1"
    assert _ask(marts, deals) == [("hubspot:7001", "won", 1000), ("hubspot:7003", "won", 500)]


def test_a_deal_of_two_companies_belongs_to_the_first_by_its_own_name(marts: Exports) -> None:
    companies = "select account_id, account_name from marts.dim_account where source = 'hubspot' order by 1"
    assert _ask(marts, companies) == [("hubspot:8001", "Alpha GmbH"), ("hubspot:8005", "Kunze AG")]


def test_merged_contacts_are_one_lead_from_the_first_of_them_on(marts: Exports) -> None:
    leads = "select date_day::varchar, sum(leads)::int from marts.mart_lead_daily where leads > 0 group by 1 order by 1"
    assert _ask(marts, leads) == [("2026-01-10", 1), ("2026-01-20", 1), ("2026-02-01", 2)]


def test_a_lead_handed_over_without_a_deal_is_no_opportunity(marts: Exports) -> None:
    rates = (
        "select numerator, denominator from marts.mart_funnel_conversion where metric = 'lead_to_opportunity' "
        "and basis = 'cohort' and window_days is null and dimension_type = 'all' and month_start = '2026-02-01'"
    )
    assert _ask(marts, rates) == [(0, 2)]
    stands = "select entity_id, stage from marts.fct_stage_interval where entity_type = 'person' and is_current "
    assert _ask(marts, f"{stands} and entity_id like 'salesforce%' order by 1") == [
        ("salesforce:00Q1", "SAL"), ("salesforce:00Q2", "Lead"), ("salesforce:00Q3", "Opportunity"),
    ]  # fmt: skip


def test_a_call_that_the_telephone_system_wrote_into_the_crm_counts_once(marts: Exports) -> None:
    calls = "select date_day::varchar, calls, calls_answered, calls_logged_twice, average_talk_seconds "
    assert _ask(marts, f"{calls} from marts.mart_call_daily") == [("2026-03-05", 3, 2, 3, 355.0)]  # (110 + 600) / 2


def test_a_click_without_a_time_counts_and_a_machine_opens_nothing(marts: Exports) -> None:
    counts = "select send_name, sent, delivered, bounces_hard, opens_human, clicks_unique from marts.fct_email_campaign"
    assert _ask(marts, counts) == [("March", 3, 2, 1, 1, 1)]
