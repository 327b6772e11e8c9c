"""Small exports with one ordinary odd row each, as a user meets them: a folder for `write`, and what is right."""

from __future__ import annotations

from pathlib import Path

DEALS = (
    '"Record ID","Deal Name","Deal Stage","Pipeline","Amount","Currency","Close Date","Create Date","Deal owner",'
    '"Is Closed Won","Is Deal Closed?","Associated Company","Associated Company IDs","Merged Deal IDs"\n'
)


def deal(identifier: int, amount: str, merged: str = "") -> str:
    """A won deal of January; `merged` is the id of another one that went into it."""
    return (
        f'"{identifier}","Deal {identifier}","Closed Won","Sales Pipeline","{amount}","EUR","2026-02-10 10:00",'
        f'"2026-01-05 10:00","Ada Muster","true","true","Kunze AG","8005","{merged}"\n'
    )


GOALS = "goal_id,goal_name,metric,scope_type,scope,owner,direction,target_kind,target_value,start_date,end_date\n"
FIRST_GOAL = "T1,Revenue of the quarter,revenue,company,,COO,increase,absolute,100000,2026-10-01,2026-12-31\n"
BACKWARDS = "T2,Leads of the quarter,leads,company,,CMO,increase,absolute,300,2026-12-31,2026-10-01\n"
CORRECTED = "T2,Leads of the quarter,leads,company,,CMO,increase,absolute,300,2026-10-01,2026-12-31\n"

COSTS = (
    "cost_id,period_start,period_end,category,department,amount,currency,kind\n"
    "K1,2026-10-01,2026-10-31,tools,marketing,100,EUR,actual\n"
    "K2,2026-10-01,2026-10-31,catering,marketing,40,EUR,actual\n"
)

BREVO = (
    "Campaign ID;Campaign Name;Email_ID;Send_Date;Delivered_Date;Open_Date;Total Opens;Total Apple MPP Opens;"
    "Unsubscribe_Date;Hard_Bounce_Date;Hard_Bounce_Reason;Soft_Bounce_Date;Soft_Bounce_Reason;Open_IP;Click_IP;"
    "Unsubscribe_IP;Clicked_Links_Count;Complaint_date;https://example.com/a\n"
    "12;March;jane.roe@example.com;03-10-2026 10:45:06;03-10-2026 10:45:09;04-10-2026 08:00:00;2;0;;;;;;203.0.113.7;"
    "203.0.113.7;;1;;1\n"
)

WEB = (
    "# ----------------------------------------\n# Traffic acquisition\n# Account: Example\n# Property: Shop\n"
    "# ----------------------------------------\n#\n# Start date: 20261001\n# End date: 20261002\n"
    "Date,Session default channel group,Sessions,Engaged sessions\n"
    "20261001,Direct,100,60\n20261002,Direct,50,53\n"
)

SUBSCRIPTIONS = (
    "subscription_id,customer_id,start_date,end_date,monthly_amount,currency\n"
    "S1,C1,2026-01-01,,50,EUR\nS2,C2,2026-03-10,2026-03-08,40,EUR\n"
)
CONTRACT = """contract: billing__subscriptions
title: Subscriptions of the billing system
source: billing
evidence: file
detect: {required: [record_id, customer]}
facts: {account_id: {default: main}}
fields:
  record_id: {labels: [subscription_id], type: id, required: true}
  customer: {labels: [customer_id], type: id}
  started_on: {labels: [start_date], type: date}
  ended_on: {labels: [end_date], type: date}
  amount: {labels: [monthly_amount], type: decimal}
  currency: {labels: [currency]}
outputs:
  - {entity: crm_subscriptions, columns: {crm_account_id: customer, billing_period: {constant: monthly}}}
restatement: full
"""


def write(inbox: Path, folder: str, name: str, text: str, exported_at: str = "2026-11-01") -> None:
    """Put one export into `inbox/<source>/...`, with a manifest that says when it was made."""
    place = inbox / folder
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_text(text, encoding="utf-8")
    (place / "_manifest.yml").write_text(
        f"source: {folder.split('/')[0]}\naccount_id: A1\ntimezone: Europe/Berlin\ncurrency: EUR\n"
        f"exported_at: '{exported_at}T05:00:00Z'\n",
        encoding="utf-8",
    )


def write_all(inbox: Path) -> None:
    """Every one of them."""
    write(inbox, "hubspot/1", "hubspot-crm-exports-all-deals.csv", DEALS + deal(7001, "1000.00") + deal(7002, "1000.00")
          + deal(7003, "500.00"), "2026-03-01")  # fmt: skip
    write(inbox, "hubspot/2", "hubspot-crm-exports-closed-won.csv", DEALS + deal(7001, "1000.00", "7002"), "2026-04-01")
    write(inbox, "plans/1", "goals.csv", GOALS + FIRST_GOAL + BACKWARDS)
    write(inbox, "plans/1", "costs.csv", COSTS)
    write(inbox, "brevo/1", "campaign.csv", BREVO)
    write(inbox, "ga4/1", "Traffic_acquisition.csv", WEB)
    write(inbox, "billing/1", "subscriptions.csv", SUBSCRIPTIONS)
