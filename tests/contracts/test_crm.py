"""HubSpot, Pipedrive and Zoho exports, and telephony."""

from __future__ import annotations

import json

import pytest

from tests.contracts.conftest import Exports


def test_hubspot_deals_and_the_days_they_entered_each_stage(exports: Exports) -> None:
    exports.drop(
        "hubspot/hubspot-crm-exports-all-deals-2026-10-31.csv",
        folder="hubspot/8834121",
        timezone="America/New_York",
        account_name="Brightloom Partners",
    ).load()
    # 09:00 in New York is 13:00 UTC in summer.
    assert exports.rows(
        "crm_opportunities",
        "record_id, account_name, crm_account_id, contact_id, stage, pipeline, amount, currency, is_won, owner_name, "
        "close_date, created_at",
    ) == [
        ("27123456789", "Acme", "901", "501", "Closed Won", "Partner Pipeline", "45362.120000", "USD", "true",
         "Elena Ruiz", "2026-09-15", "2026-07-01 13:00:00"),
        ("27123456790", None, None, None, "Appointment Scheduled", "Partner Pipeline", "117.000000", "EUR", "false",
         "Pieter de Wit", None, "2026-10-01 13:00:00"),
    ]  # fmt: skip
    assert exports.rows("crm_opportunity_history", "opportunity_id, stage, pipeline, changed_at, amount") == [
        ("27123456789", "Appointment Scheduled", "Partner Pipeline", "2026-07-01 13:00:00", None),
        ("27123456789", "Closed Won", "Partner Pipeline", "2026-09-15 17:05:00", None),
        ("27123456790", "Appointment Scheduled", "Partner Pipeline", "2026-10-01 13:00:00", None),
    ]
    assert exports.query("select exported_at::date::varchar, scope from raw._batches") == [("2026-10-31", "deal")]


def test_columns_called_like_money_are_kept_as_numbers_and_nothing_else_of_them(exports: Exports) -> None:
    """German amounts; who approved a price is a name, and phones are never kept."""
    exports.drop(
        (
            "Datensatz-ID;Deal-Name;Deal-Phase;Pipeline;Betrag;Währung;Abschlussdatum;Erstellungsdatum;"
            "Vertragswert pro Jahr;Wert bestätigt von;Phone value;Notizen\n"
            "71;Solar;Angebot;Vertrieb;45.362,12;EUR;;2026-10-01 09:00;1.234.200,50;Jane Roe;4915112345678;Jane Roe\n"
            "72;Wind;Angebot;Vertrieb;10,00;EUR;;2026-10-01 09:00;12.345 €;;;\n"
            "73;Strom;Angebot;Vertrieb;10,00;EUR;;2026-10-01 09:00;noch offen;;;\n"
            "74;Gas;Angebot;Vertrieb;10,00;EUR;;2026-10-01 09:00;;;;\n"
        ).encode(),
        "hubspot-crm-exports-all-deals-2026-10-31.csv",
        folder="hubspot/8834121",
        timezone="Europe/Berlin",
    ).load()
    yearly = "Vertragswert pro Jahr"
    kept = {
        record: json.loads(extra) for record, extra in exports.rows("crm_opportunities", "record_id, extra") if extra
    }
    assert kept == {
        "71": {yearly: "1234200.500000", "Wert bestätigt von": "unreadable"},
        "72": {yearly: "12345.000000"},
        "73": {yearly: "unreadable"},
    }
    assert len(exports.rows("crm_opportunities", "record_id")) == 4
    assert not any(secret in exports.bytes_kept() for secret in (b"Jane", b"4915112345678", b"noch offen"))


@pytest.mark.parametrize(
    ("name", "head", "cells", "kept"),
    [
        pytest.param(
            "Opportunity.csv",
            "Id,Name,StageName,CloseDate,Amount,IsClosed,IsWon,OwnerId,CreatedDate",
            "0065f00000AbCdEAAV,Loom,Proposal,2026-11-30,1000.0,false,false,0055f00000AbCdEAAV,2026-10-01T09:00:00.000Z",
            {"ACV__c": "1200.500000", "Total_Contract_Value__c": "2401.000000"},
            id="Salesforce",
        ),
        pytest.param(
            "deals-1.csv",
            "Deal - ID,Deal - Title,Deal - Value,Deal - Currency of Value,Deal - Stage,Deal - Status,"
            "Deal - Deal created,Deal - Update time",
            "17,Loom,1000,USD,Proposal,Open,2026-10-01 09:00:00,2026-10-02 09:00:00",
            {"Deal - ACV": "1200.500000", "Deal - Total revenue": "2401.000000"},
            id="Pipedrive",
        ),
    ],
)
def test_custom_columns_of_money_are_kept(
    exports: Exports, name: str, head: str, cells: str, kept: dict[str, str]
) -> None:
    columns = ",".join([head, *kept, "Warranty__c", "Description"])
    exports.drop(
        f"{columns}\n{cells},1200.5,2401,7,call me\n".encode(), name, folder="crm/1", currency="USD", timezone="UTC"
    ).load()
    assert [json.loads(extra) for (extra,) in exports.rows("crm_opportunities", "extra")] == [kept]


def test_hubspot_deals_without_a_stage_say_which_columns_to_add(exports: Exports) -> None:
    exports.drop("hubspot/hubspot-crm-exports-simpro-quotes-2026-10-31.csv").load()
    outcome, reason, message = exports.outcomes()["hubspot-crm-exports-simpro-quotes-2026-10-31.csv"]
    assert (outcome, reason) == ("refused", "missing_columns")
    for label in ("Deal Stage", "Create Date", "Close Date", "Pipeline"):
        assert label in message


def test_hubspot_deals_without_a_create_date_are_refused_too(exports: Exports) -> None:
    exports.drop(b'"Record ID","Deal Name","Deal Stage","Amount"\n"1","a","Closed Won","5"\n', "deals.csv").load()
    outcome, reason, message = exports.outcomes()["deals.csv"]
    assert (outcome, reason) == ("refused", "missing_columns")
    assert "Create Date" in message


def test_hubspot_contacts_with_the_stages_of_their_life(exports: Exports) -> None:
    exports.drop("hubspot/hubspot-crm-exports-all-contacts-2026-10-31.csv").load()
    assert exports.rows(
        "crm_contacts", "record_id, crm_account_id, lifecycle_stage, owner_name, original_source, form_submissions"
    ) == [("501", "901", "Opportunity", "Elena Ruiz", "Paid Search", "2")]
    assert exports.rows("crm_lead_history", "lead_id, field, new_value, changed_at", order="changed_at") == [
        ("501", "Lifecycle Stage", "Lead", "2026-06-01 09:00:00"),
        ("501", "Lifecycle Stage", "Marketing Qualified Lead", "2026-06-10 09:30:00"),
        ("501", "Lifecycle Stage", "Opportunity", "2026-07-01 09:00:00"),
    ]


def test_hubspot_contacts_keep_the_tags_that_hidden_fields_of_forms_fill(exports: Exports) -> None:
    exports.drop(
        b'"Record ID","Create Date","Lifecycle Stage","Email","UTM Source","utm_medium","First UTM Campaign"\n'
        b'"501","2026-06-01 09:00","Lead","ann@example.com","google","cpc","Spring sale"\n',
        "hubspot-crm-exports-all-contacts-2026-10-31.csv",
        folder="hubspot/8834121",
        timezone="UTC",
    ).load()
    assert exports.rows("crm_contacts", "record_id, utm_source, utm_medium, utm_campaign") == [
        ("501", "google", "cpc", "Spring sale")
    ]


def test_hubspot_companies(exports: Exports) -> None:
    exports.drop("hubspot/hubspot-crm-exports-all-companies-2026-10-31.csv").load()
    assert exports.rows("crm_accounts", "record_id, account_name, owner_name, employees, created_at") == [
        ("901", "Acme", "Elena Ruiz", "120", "2026-05-01 09:00:00")
    ]


def test_hubspot_calls_last_milliseconds(exports: Exports) -> None:
    exports.drop("hubspot/hubspot-crm-exports-all-calls-2026-10-31.csv").load()
    assert exports.rows(
        "crm_calls", "record_id, direction, duration_talk_seconds, is_answered, outcome, agent_name"
    ) == [
        ("71", "outbound", "185", "true", "Connected", "Elena Ruiz"),
        ("72", "outbound", "0", "false", "No answer", "Elena Ruiz"),
    ]


def test_no_personal_data_of_hubspot_pipedrive_and_zoho_is_kept(exports: Exports) -> None:
    for kind in ("deals", "contacts", "companies", "calls"):
        exports.drop(f"hubspot/hubspot-crm-exports-all-{kind}-2026-10-31.csv", folder="hubspot/1")
    exports.drop("pipedrive/deals-12345-6.csv", folder="pipedrive/1")
    exports.drop("zoho/Potentials.csv", folder="zoho/1").drop("zoho/Calls.csv", folder="zoho/1").load()
    kept = exports.bytes_kept()
    for secret in (b"Jane", b"jane.roe", b"John Poe", b"30 1234567", b"555 0100", b"she said"):
        assert secret not in kept, secret


def test_pipedrive_status_decides_how_a_deal_ended(exports: Exports) -> None:
    exports.drop("pipedrive/deals-12345-6.csv").load()
    assert exports.rows(
        "crm_opportunities", "record_id, account_name, stage, is_closed, is_won, amount, currency, close_date"
    ) == [
        ("11", "Acme", "Negotiation", "true", "true", "1200.000000", "EUR", "2026-10-01"),
        ("12", "Beta", "Contacted", "false", "false", "800.500000", "EUR", "2026-12-01"),
    ]


def test_zoho_money_and_dates_are_written_for_people(exports: Exports) -> None:
    exports.drop("zoho/Potentials.csv").drop("zoho/Calls.csv").load()
    assert exports.rows("crm_opportunities", "opportunity_name, amount, close_date, created_at") == [
        ("Loom for Acme", "22700.000000", "2026-04-30", "2026-04-15 00:02:00")
    ]
    assert exports.rows("crm_calls", "record_id, direction, duration_talk_seconds, is_answered, related_id") == [
        ("900", "outbound", "125", "true", "700"),
        ("901", "inbound", "0", "false", None),
    ]


def test_aircall_calls_count_talk_apart_from_ringing(exports: Exports) -> None:
    exports.drop("aircall/calls.csv", folder="aircall/brightloom", timezone="Europe/Paris").load()
    assert exports.rows(
        "crm_calls",
        "started_at, direction, is_answered, duration_total_seconds, duration_talk_seconds, agent_name, line, outcome",
    ) == [
        ("2026-10-30 15:00:00", "inbound", "true", "75", "60", "Sabine Vogt", "Sales EU", None),
        ("2026-10-30 16:00:00", "inbound", "false", "20", "0", None, "Sales EU", "no_available_agent"),
        ("2026-10-30 16:10:00", "outbound", "true", "190", "170", "Sabine Vogt", "Sales EU", None),
    ]
    kept = exports.bytes_kept()
    assert b"493012345678" not in kept and b"Jane Roe" not in kept


def test_aircall_calls_of_overlapping_exports_are_the_same_calls(exports: Exports) -> None:
    exports.drop("aircall/calls.csv", folder="aircall/a")
    text = b"line,direction,from,to,answered,user,datetime (UTC),duration (total),duration (in call)\n"
    text += b"Sales EU,inbound,+493012345678,+33140000000,Yes,Sabine Vogt,2026-10-30 15:00:00,75,60\n"
    exports.drop(text, "calls-2.csv", folder="aircall/a").load()
    assert exports.query("select count(*), count(distinct record_id) from raw.crm_calls") == [(4, 3)]


def test_aircall_analytics_writes_clock_times(exports: Exports) -> None:
    exports.drop("aircall/analytics.csv", folder="aircall/a").load()
    # 0:03:05 = 185 s; with 12 s of waiting 197 s.
    assert exports.rows(
        "crm_calls", "direction, is_answered, duration_talk_seconds, duration_total_seconds, agent_name, team"
    ) == [
        ("inbound", "false", "0", "30", None, "EMEA"),
        ("inbound", "true", "185", "197", "Sabine Vogt", "EMEA"),
    ]
