"""One small company, worked by hand: two Salesforce exports, one HubSpot portal, a telephone system and goals.

Business time zone Asia/Ho_Chi_Minh (UTC+7), reporting currency USD, reporting day 31 March 2026.
Rates: EUR 1.10 (1.20 from 1 March), VND 1/25000, JPY 0.0067, none for SEK.

Won deals in USD:
    O1 1000.00   O2 100.01 EUR x 1.10 = 110.01   O3 25,000,000 VND = 1000.00   O4 1001 JPY = 6.71 (6.7067)
    O5 0         O8 900 SEK: no rate             O9 200.00                     D1 2000.00       sum 4316.72
Lost: O6 (won first, re-opened, lost). Open: O7, O11 (closes after the reporting day). Deleted: O10.
Tests, left out with what belongs to them: account A7 (deal O12), lead L10 (membership M6), deal O13.
"""

from __future__ import annotations

from typing import Any

from tests.bare_build import BareBuild
from tests.raw_factory import RawFactory

FIRST, SECOND = "2026-02-15T12:00:00", "2026-03-31T12:00:00"
Row = dict[str, Any]


def users(second: bool) -> list[Row]:
    """Jonas changes his team between the exports; Thu has left."""
    return [
        {"record_id": "U1", "first_name": "Dana", "last_name": "Whitfield", "role_id": "R1", "is_active": True},
        {"record_id": "U2", "first_name": "Jonas", "last_name": "Krämer", "role_id": "R3" if second else "R2",
         "manager_id": "U1", "is_active": True},
        {"record_id": "U3", "first_name": "Thu", "last_name": "Dang", "role_id": "R3", "is_active": False},
    ]  # fmt: skip


ROLES: list[Row] = [
    {"record_id": "R1", "role_name": "Sales AMER"},
    {"record_id": "R2", "role_name": "Sales EMEA"},
    {"record_id": "R3", "role_name": "Sales APAC"},
]


def accounts(second: bool) -> list[Row]:
    """Globex moves to Vietnam; Initech has two duplicates, merged one into the other and then into it."""
    kept: list[Row] = [
        {"record_id": "A1", "account_name": "Acme", "billing_country": "US", "segment": "SMB"},
        {"record_id": "A2", "account_name": "Globex", "shipping_country": "France",
         "billing_country": "Việt Nam" if second else "Germany"},
        {"record_id": "A3", "account_name": "Initech", "billing_country": "vietnam"},
        {"record_id": "A4", "account_name": "Hooli"},
        {"record_id": "A7", "account_name": "TEST-Account 2"},
    ]  # fmt: skip
    if second:
        return kept
    return [
        *kept,
        {"record_id": "A5", "account_name": "Initech Ltd", "is_deleted": True, "merged_into_id": "A3"},
        {"record_id": "A6", "account_name": "Initech?", "is_deleted": True, "merged_into_id": "A5"},
    ]


def leads(second: bool) -> list[Row]:
    """L1 and L2 are one person; L5 went into L3 and L3 into L4; L6 is deleted; L7 vanishes; L8 has no deal."""

    def lead(number: int, created: str, status: str, **more: Any) -> Row:
        return {"record_id": f"L{number}", "created_at": created, "status": status, "owner_id": "U1",
                "email_hash": f"e{number}", "is_deleted": False, **more}  # fmt: skip

    rows = [
        lead(1, "2026-01-31T20:00:00", "Qualified", is_converted=True, converted_at="2026-02-10T03:00:00",
             converted_contact_id="K1", converted_account_id="A1", converted_opportunity_id="O1",
             department="Marketing", form_submissions=1, lead_source="Web", country="United States"),
        lead(2, "2026-02-08T05:00:00", "New", email_hash="e1", form_submissions=1, lead_source="Email"),
        lead(4, "2026-02-04T05:00:00", "Unqualified", owner_id="U2", lead_source="Cold Call", department="SDR",
             loss_reason="No budget"),
        lead(6, "2026-02-05T05:00:00", "New", is_deleted=True),
        lead(8, "2026-02-10T05:00:00", "Qualified", owner_id="U2", is_converted=True,
             converted_at="2026-02-12T05:00:00", converted_contact_id="K8", converted_account_id="A6",
             lead_source="Partner Referral", department="Partner", form_submissions=0),
        lead(9, "2026-02-11T05:00:00", "MQL", department="Finance"),
        lead(10, "2026-02-11T05:00:00", "MQL", company_name="(test)"),
    ]  # fmt: skip
    if second:
        return rows
    return [
        *rows,
        lead(3, "2026-02-05T06:00:00", "New", is_deleted=True, merged_into_id="L4", email_hash="e33"),
        lead(5, "2026-02-07T05:00:00", "New", is_deleted=True, merged_into_id="L3", email_hash="e55"),
        lead(7, "2026-02-06T05:00:00", "New"),
    ]


def _history(number: int, changes: list[tuple[str, str, str]]) -> list[Row]:
    return [
        {"record_id": f"LH{number}{position}", "lead_id": f"L{number}", "field": "Status", "old_value": old or None,
         "new_value": new, "changed_at": at}
        for position, (old, new, at) in enumerate(changes)
    ]  # fmt: skip


LEAD_HISTORY: list[Row] = [
    *_history(1, [("", "New", "2026-01-31T20:00:00"), ("New", "Working", "2026-02-02T05:00:00"),
                  ("Working", "MQL", "2026-02-03T05:00:00"), ("MQL", "SAL", "2026-02-05T05:00:00"),
                  ("SAL", "Qualified", "2026-02-10T03:00:00")]),
    *_history(2, [("", "New", "2026-02-08T05:00:00")]),
    *_history(4, [("", "New", "2026-02-04T05:00:00"), ("New", "MQL", "2026-02-06T05:00:00"),
                  ("MQL", "Recycled", "2026-02-08T05:00:00"), ("Recycled", "MQL", "2026-02-20T05:00:00"),
                  ("MQL", "Unqualified", "2026-03-01T05:00:00")]),
    *_history(5, [("", "New", "2026-02-07T05:00:00")]),
    *_history(8, [("", "New", "2026-02-10T05:00:00"), ("New", "Qualified", "2026-02-12T05:00:00")]),
]  # fmt: skip

CONTACTS: list[Row] = [
    {"record_id": "K1", "crm_account_id": "A1", "email_hash": "e1", "created_at": "2026-02-10T03:00:00"},
    {"record_id": "K8", "crm_account_id": "A3", "created_at": "2026-02-12T05:00:00"},
    {"record_id": "K10", "crm_account_id": "A2", "email_hash": "e10", "created_at": "2026-02-25T05:00:00"},
]

CAMPAIGNS: list[Row] = [
    {"record_id": "C1", "campaign_name": "Spring Search", "campaign_type": "Paid Search"},
    {"record_id": "C2", "campaign_name": "Newsletter", "campaign_type": "Email"},
    {"record_id": "C3", "campaign_name": "Fair", "campaign_type": "Trade Show"},
]

MEMBERS: list[Row] = [
    {"record_id": "M1", "campaign_id": "C1", "lead_id": "L1", "has_responded": True,
     "first_responded_at": "2026-01-31T20:00:10", "created_at": "2026-01-31T20:00:10"},
    # Salesforce exports the day of a response: the member was made on it.
    {"record_id": "M2", "campaign_id": "C2", "lead_id": "L2", "has_responded": True,
     "first_responded_at": "2026-02-08T00:00:00", "created_at": "2026-02-08T05:00:00"},
    # Of a merged-away lead, and two days after its survivor was created: an inquiry, but not the origin.
    {"record_id": "M3", "campaign_id": "C2", "lead_id": "L3", "has_responded": True,
     "first_responded_at": "2026-02-06T05:00:00", "created_at": "2026-02-06T05:00:00"},
    {"record_id": "M4", "campaign_id": "C3", "contact_id": "K10", "has_responded": True,
     "first_responded_at": "2026-02-26T00:00:00", "created_at": "2026-02-25T05:00:00"},
    {"record_id": "M5", "campaign_id": "C2", "lead_id": "L8", "has_responded": False,
     "created_at": "2026-02-20T05:00:00"},
    # Sent to them, never answered: neither the origin of the lead L9 nor of the deal O7.
    {"record_id": "M7", "campaign_id": "C1", "contact_id": "K10", "has_responded": False,
     "created_at": "2026-02-24T05:00:00"},
    {"record_id": "M8", "campaign_id": "C1", "lead_id": "L9", "has_responded": False,
     "created_at": "2026-02-11T05:00:00"},
    # Of the lead that is a test.
    {"record_id": "M6", "campaign_id": "C2", "lead_id": "L10", "has_responded": True,
     "first_responded_at": "2026-02-20T05:00:00", "created_at": "2026-02-20T05:00:00"},
]  # fmt: skip


def opportunities(second: bool) -> list[Row]:
    """O3 is handed over after its close; O2 closes between the exports."""

    def deal(number: int, account: str | None, amount: float | None, currency: str, created: str, close: str,
             state: str, **more: Any) -> Row:  # fmt: skip
        stage = {"won": "Closed Won", "lost": "Closed Lost", "open": "Prospecting"}[state]
        return {"record_id": f"O{number}", "crm_account_id": account, "opportunity_name": f"Deal {number}",
                "amount": amount, "currency": currency, "created_at": f"{created}T03:00:00", "close_date": close,
                "stage": stage, "is_closed": state != "open", "is_won": state == "won", "owner_id": "U1",
                "is_deleted": False, **more}  # fmt: skip

    rows = [
        deal(1, "A1", 1000, "USD", "2026-02-10", "2026-03-10", "won", distribution_channel="Direct"),
        deal(2, "A2", 100.01, "EUR", "2026-01-20", "2026-02-20", "won" if second else "open", owner_id="U2",
             campaign_id="C2", distribution_channel="Reseller"),
        deal(3, "A6", 25_000_000, "VND", "2026-02-12", "2026-02-12", "won", owner_id="U1" if second else "U3",
             lead_source="Cold Call", distribution_channel="Online"),
        deal(6, "A1", 500, "USD", "2026-02-01", "2026-03-20" if second else "2026-02-10",
             "lost" if second else "open", loss_reason="Price"),
    ]  # fmt: skip
    if not second:
        return rows
    return [
        *rows,
        deal(4, "A4", 1001, "JPY", "2026-03-06", "2026-03-05", "won"),
        deal(5, "A1", 0, "USD", "2026-03-01", "2026-03-15", "won", distribution_channel="Direct"),
        deal(7, "A2", 300, "EUR", "2026-03-01", "2026-06-30", "open", stage="Negociación"),
        deal(8, "A1", 900, "SEK", "2026-03-02", "2026-03-12", "won", owner_id="U2", distribution_channel="Direct"),
        deal(9, "A2", 200, "USD", "2026-03-20", "2026-03-25", "won", stage="¡Ganada!", distribution_channel="Fax"),
        deal(10, "A1", 9999, "USD", "2026-03-01", "2026-03-02", "won", is_deleted=True),
        deal(11, "A1", 50, "USD", "2026-03-30", "2026-04-05", "won"),
        deal(12, "A7", 7777, "USD", "2026-03-01", "2026-03-02", "won"),
        deal(13, "A1", 8888, "USD", "2026-03-01", "2026-03-02", "won", opportunity_name="Test deal #3"),
    ]


def _steps(deal: str, steps: list[tuple[str, str, str]], source_field: str = "stage") -> list[Row]:
    return [
        {"record_id": f"{deal}h{number}", "opportunity_id": deal, source_field: stage, "changed_at": at}
        for number, (number_id, stage, at) in enumerate(steps)
        if number_id is not None
    ]


OPPORTUNITY_HISTORY: list[Row] = [
    # Two rows in one instant (amount and stage were changed together) and a repeated stage.
    *_steps("O1", [("1", "Prospecting", "2026-02-10T03:00:00"), ("2", "Prospecting", "2026-02-20T03:00:00"),
                   ("3", "Needs Analysis", "2026-02-20T03:00:00"), ("4", "Closed Won", "2026-03-10T03:00:00")]),
    *_steps("O6", [("1", "Prospecting", "2026-02-01T03:00:00"), ("2", "Closed Won", "2026-02-10T03:00:00"),
                   ("3", "Negotiation/Review", "2026-02-12T03:00:00"), ("4", "Closed Lost", "2026-03-20T03:00:00")]),
    *_steps("O7", [("1", "Prospecting", "2026-03-01T03:00:00"), ("2", "Negociación", "2026-03-08T03:00:00")]),
]  # fmt: skip

LINES: list[Row] = [
    {"record_id": "N11", "opportunity_id": "O1", "product_id": "P1", "quantity": 2, "unit_price": 300,
     "total_price": 600},
    {"record_id": "N12", "opportunity_id": "O1", "product_id": "P2", "quantity": 3, "unit_price": 100},
    {"record_id": "N21", "opportunity_id": "O2", "product_id": "P1", "quantity": 1, "total_price": 33.33},
    {"record_id": "N22", "opportunity_id": "O2", "product_id": "P2", "quantity": 1, "total_price": 33.34},
    {"record_id": "N23", "opportunity_id": "O2", "product_id": "P1", "quantity": 1, "total_price": 33.34},
    # Yen have no decimals: each of the lines is worth 500, one yen of the deal is left over.
    {"record_id": "N41", "opportunity_id": "O4", "product_id": "P1", "quantity": 1, "total_price": 500.4},
    {"record_id": "N42", "opportunity_id": "O4", "product_id": "P9", "quantity": 1, "total_price": 500.4},
    {"record_id": "N101", "opportunity_id": "O10", "product_id": "P1", "quantity": 1, "total_price": 9999},
]  # fmt: skip

PRODUCTS: list[Row] = [
    {"record_id": "P1", "product_name": "Suite", "product_family": "Software", "currency": "USD"},
    {"record_id": "P2", "product_name": "Training", "product_family": "Services", "currency": "USD"},
]


def splits(second: bool) -> list[Row]:
    """Dana and Jonas sold O9 together. Thu's overlay V comes to 100 % there, too, but on no other deal. What was said
    of O2 is taken back: the 90 % that are left belong to nobody, so that they are its owner's.
    """

    def split(number: int, deal: str, owner: str, rate: float, kind: str | None = "R") -> Row:
        return {"record_id": f"S{number}", "opportunity_id": deal, "owner_id": owner, "split_rate": rate,
                "split_type_id": kind, "is_deleted": False}  # fmt: skip

    rows = [split(1, "O1", "U1", 1), split(2, "O1", "U3", 0.3, "V"), split(3, "O2", "U2", 0.9 if second else 0.6)]
    if not second:
        return [*rows, split(4, "O2", "U1", 0.4)]
    return [
        *rows,
        split(5, "O9", "U1", 0.75),
        split(6, "O9", "U2", 0.25),
        split(7, "O9", "U3", 1, "V"),
        split(8, "O5", "U1", 1, None),
    ]


ROLES_OF_CONTACTS: list[Row] = [
    {"record_id": "CR1", "opportunity_id": "O7", "contact_id": "K10", "created_at": "2026-03-01T03:00:00"},
]

ACTIVITIES: list[Row] = [
    {"record_id": "T1", "activity_kind": "task", "activity_type": "Call", "who_id": "L1", "is_closed": True,
     "activity_at": "2026-02-01T02:00:00", "owner_id": "U1"},
    {"record_id": "T2", "activity_kind": "task", "activity_type": "Call", "who_id": "L4", "is_closed": True,
     "activity_at": "2026-02-03T02:00:00", "owner_id": "U2"},
    {"record_id": "T3", "activity_kind": "task", "activity_type": "List Email", "who_id": "K8", "is_closed": True,
     "activity_at": "2026-02-14T02:00:00", "owner_id": "U2"},
    {"record_id": "T4", "activity_kind": "task", "activity_type": "Call", "who_id": "L9", "is_closed": False,
     "activity_at": "2026-02-14T02:00:00", "owner_id": "U1"},
]  # fmt: skip

HUBSPOT_CONTACTS: list[Row] = [
    {"record_id": "H1", "lifecycle_stage": "Customer", "original_source": "Organic search", "email_hash": "eh1",
     "owner_name": "Dana Whitfield", "form_submissions": 2, "created_at": "2026-02-12T05:00:00"},
]  # fmt: skip

# Became a Marketing Qualified Lead Date; SAL was never recorded.
HUBSPOT_LIFECYCLE: list[Row] = [
    {"record_id": "H1|Marketing Qualified Lead", "lead_id": "H1", "field": "Lifecycle Stage",
     "new_value": "Marketing Qualified Lead", "changed_at": "2026-02-15T05:00:00"},
]  # fmt: skip

HUBSPOT_DEALS: list[Row] = [
    {"record_id": "D1", "opportunity_name": "Umbrella", "account_name": "Umbrella", "contact_id": "H1",
     "pipeline": "Sales Pipeline", "stage": "Closed Won", "amount": 2000, "currency": "USD",
     "created_at": "2026-02-20T03:00:00", "close_date": "2026-03-18", "owner_name": "Dana Whitfield"},
]  # fmt: skip

HUBSPOT_HISTORY: list[Row] = [
    {"record_id": f"D1|{stage}", "opportunity_id": "D1", "pipeline": "Sales Pipeline", "stage": stage, "changed_at": at}
    for stage, at in (
        ("Appointment Scheduled", "2026-02-20T03:00:00"),
        ("Contract Sent", "2026-03-01T03:00:00"),
        ("Closed Won", "2026-03-18T03:00:00"),
    )
]

CALLS: list[Row] = [
    {"record_id": f"call{number}", "direction": direction, "started_at": f"2026-03-0{day}T03:00:00",
     "duration_talk_seconds": talk, "is_answered": answered, "agent_name": agent, "team": team}
    for number, (day, direction, talk, answered, agent, team) in enumerate([
        (2, "outbound", 60, True, "Dana Whitfield", "Reps"),
        (2, "outbound", 120, True, "Dana Whitfield", "Reps"),
        (2, "outbound", 0, False, "Dana Whitfield", "Reps"),
        (2, "inbound", None, True, "Dana Whitfield", "Reps"),
        (3, "inbound", 5 * 3600, True, "Zed Helper", "Support"),
        (3, "inbound", None, False, None, None),
    ])
]  # fmt: skip

RATES: list[Row] = [
    {"rate_date": "2026-01-01", "from_currency": "EUR", "to_currency": "USD", "rate": "1.10"},
    {"rate_date": "2026-03-01", "from_currency": "EUR", "to_currency": "USD", "rate": "1.20"},
    {"rate_date": "2026-01-01", "from_currency": "USD", "to_currency": "VND", "rate": "25000"},
    {"rate_date": "2026-01-01", "from_currency": "JPY", "to_currency": "USD", "rate": "0.0067"},
]


def _goal(identifier: str, metric: str, value: float, **more: Any) -> Row:
    return {"goal_id": identifier, "goal_version": 1, "goal_name": identifier, "metric": metric,
            "scope_type": "company", "direction": "increase", "target_kind": "absolute", "target_value": value,
            "start_date": "2026-01-01", "end_date": "2026-03-31", **more}  # fmt: skip


GOALS: list[Row] = [
    _goal("revenue", "revenue", 4000, currency="USD"),
    _goal("revenue", "revenue", 5000, currency="USD", goal_version=2, valid_from="2026-03-01"),
    _goal("growth", "revenue", 9, target_kind="relative_percent", baseline_start="2026-02-01",
          baseline_end="2026-02-28", start_date="2026-03-01"),
    _goal("win rate", "win_rate", 5, target_kind="percentage_point", baseline_value=0.80),
    _goal("faster", "cycle_time", 5, target_kind="delta", direction="decrease", baseline_value=20),
    _goal("fast", "cycle_time", 20, direction="decrease"),
    _goal("few accounts", "new_accounts", 4, target_kind="cap"),
    _goal("AMER leads", "leads", 2, scope_type="team", scope="sales amer"),
    _goal("Jonas", "revenue", 100, scope_type="rep", scope="Jonas Krämer", currency="EUR"),
    _goal("nobody", "revenue", 100, scope_type="rep", scope="Nobody Here"),
    _goal("unknown", "profit_margin", 0.3),
    _goal("no change", "cycle_time", 0, target_kind="delta", baseline_value=10),
    _goal("later", "revenue", 100, start_date="2026-04-01", end_date="2026-06-30"),
    _goal("January", "revenue", 10, end_date="2026-01-31"),
    _goal("vague", "", 10),
]  # fmt: skip

# An earlier file of goals: one that was given up and never had a target, one that was raised.
GOALS_BEFORE: list[Row] = [{**_goal("given up", "revenue", 1), "target_value": None}, _goal("revenue", "revenue", 3000)]

Export = tuple[str, list[Row], dict[str, Any]]


def exports() -> list[Export]:
    """(entity, rows, facts of the batch), in the order they were exported."""
    made: list[Export] = []
    for second, at in ((False, FIRST), (True, SECOND)):
        salesforce: dict[str, list[Row]] = {
            "crm_users": users(second),
            "crm_user_roles": ROLES,
            "crm_accounts": accounts(second),
            "crm_leads": leads(second),
            "crm_lead_history": LEAD_HISTORY,
            "crm_contacts": CONTACTS,
            "crm_campaigns": CAMPAIGNS,
            "crm_campaign_members": MEMBERS,
            "crm_opportunities": opportunities(second),
            "crm_opportunity_history": OPPORTUNITY_HISTORY,
            "crm_opportunity_lines": LINES,
            "crm_opportunity_splits": splits(second),
            "crm_products": PRODUCTS,
            "crm_contact_roles": ROLES_OF_CONTACTS,
            "crm_activities": ACTIVITIES,
        }
        for entity, rows in salesforce.items():
            facts = {"source": "salesforce", "account_id": "ORG", "restatement": "full", "scope": entity}
            made.append((entity, rows, {**facts, "exported_at": at}))
    hubspot = {"source": "hubspot", "account_id": "PORTAL", "exported_at": SECOND}
    made.append(("crm_contacts", HUBSPOT_CONTACTS, hubspot))
    made.append(("crm_lead_history", HUBSPOT_LIFECYCLE, hubspot))
    made.append(("crm_opportunities", HUBSPOT_DEALS, hubspot))
    made.append(("crm_opportunity_history", HUBSPOT_HISTORY, hubspot))
    made.append(("crm_calls", CALLS, {"source": "aircall", "account_id": "LINE", "exported_at": SECOND}))
    made.append(("fx_rates", RATES, {"source": "plans", "account_id": "HQ", "exported_at": SECOND}))
    for goals, at in ((GOALS_BEFORE, FIRST), (GOALS, SECOND)):
        facts = {"source": "plans", "account_id": "HQ", "restatement": "full", "exported_at": at}
        made.append(("goals", goals, facts))
    return made


def load(raw: RawFactory, batches: list[Export], bare_build: BareBuild) -> None:
    """Commit the batches in the order given and build everything."""
    for entity, rows, facts in batches:
        raw.add(entity, rows, **facts)
    bare_build.build(raw.settings)
