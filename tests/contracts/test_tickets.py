"""Tickets of HubSpot, Zendesk and an own list become support tickets without what people wrote."""

from __future__ import annotations

from tests.contracts.conftest import Exports

COLUMNS = "record_id, kind, status, category, created_at, closed_at, account_name, agent_name, minutes, cost"


def test_hubspot_tickets_name_their_first_contact_and_company(exports: Exports) -> None:
    exports.drop("hubspot/hubspot-crm-exports-all-tickets-2026-10-31.csv", timezone="UTC").load()
    assert exports.rows("support_tickets", f"{COLUMNS}, contact_id, crm_account_id", "record_id") == [
        ("8801", None, "Closed", "Access", "2026-10-02 09:15:00", "2026-10-02 15:15:00", "Brightloom", "Robin Hale",
         None, None, "501", "701"),
        ("8802", None, "New", None, "2026-10-29 11:00:00", None, None, None, None, None, None, None),
    ]  # fmt: skip
    assert _is_kept_nowhere(exports, "kim", "Login")


def test_zendesk_tickets_keep_the_address_as_a_hash(exports: Exports) -> None:
    exports.drop("zendesk/export-2026-10-31-0900-tickets.csv", folder="zendesk/acme", timezone="UTC").load()
    assert exports.rows("support_tickets", COLUMNS, "record_id") == [
        ("41", None, "Solved", "Incident", "2026-10-02 09:15:00", "2026-10-03 10:00:00", "Brightloom", "Robin Hale",
         "25.000000", None),
        ("42", None, "Open", "Question", "2026-10-30 18:00:00", None, None, None, None, None),
    ]  # fmt: skip
    assert _is_kept_nowhere(exports, "kim", "password", "vip")
    assert exports.query(
        "select count(distinct email_hash), min(length(email_hash)) > 20 from raw.support_tickets"
    ) == [(2, True)]


def test_an_own_list_has_tickets_and_costs(exports: Exports) -> None:
    exports.drop("own_support/tickets.csv", folder="support/acme").load()
    assert exports.rows("support_tickets", "kind, category, account_name, minutes, cost, currency", "created_at") == [
        ("ticket", "Access", "Brightloom", "30.000000", None, "USD"),
        ("ticket", "Billing", None, None, "12.500000", "USD"),
        ("cost", "Account manager", "Brightloom", None, "200.000000", "USD"),
    ]


def test_one_address_has_one_hash_in_every_export(exports: Exports) -> None:
    exports.drop("zendesk/export-2026-10-31-0900-tickets.csv", folder="zendesk/acme", timezone="UTC")
    exports.drop("own_support/tickets.csv", folder="support/acme").load()
    assert exports.query("select count(distinct email_hash) from raw.support_tickets where email_hash is not null") == [
        (2,)
    ]


def _is_kept_nowhere(exports: Exports, *words: str) -> bool:
    kept = str(exports.query("select * from raw.support_tickets")).lower()
    return not [word for word in words if word.lower() in kept]
