"""Whose export a table is: a header that could be any platform's needs something that says the source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from funnelhouse.extract.dry_run import inspect_file
from funnelhouse.settings import Settings
from tests.unit.reading.conftest import Home

ADS = "Date,Campaign,Spend,Impressions\n2026-10-01,Alpha,10.50,1000\n2026-10-02,Beta,20.00,2000\n"
ANYBODYS = {
    "spend by campaign": ADS,
    "spend and clicks by campaign": "Day,Campaign name,Spend,Impressions,Clicks\n2026-10-01,Alpha,10.50,1000,10\n",
    "cost by campaign": "Date,Campaign,Cost,Impressions,Clicks\n2026-10-01,Alpha,10.50,1000,10\n",
    "cost by campaign, German": "Tag;Kampagne;Kosten;Klicks\n2026-10-01;Alpha;10,50;10\n",
    "amount spent": "Date,Campaign Name,Amount Spent,Impressions\n2026-10-01,Alpha,10.50,1000\n",
    "spend with saves": "Date,Campaign name,Spend,Impressions,Saves\n2026-10-01,Alpha,10.50,1000,3\n",
    "spend with a status": "Day,Campaign name,Spend,Impressions,Objective,Delivery status\n2026-10-01,A,1.5,10,x,y\n",
    "posts": "Date,Impressions,Engagements,Reposts\n2026-10-01,1000,10,1\n",
    "sends": "Campaign,Sent,Delivered,Unique Opens,Unique Clicks\nAlpha,1000,990,100,10\n",
    "sends with dates": "Campaign Name,Send Date,Delivered,Unique Opens,Unique Clicks\nAlpha,2026-10-01,990,100,10\n",
    "customers": "Id,Name,Industry\n1,Acme,Retail\n",
    "leads": "Id,Name,Email,Status,Company\n1,A B,a@example.com,New,Acme\n",
    "visits": "Date,Sessions,Users\n2026-10-01,10,8\n",
    "keywords of any tool": "Keyword,Location,Clicks,Impressions,Cost,Position\nshoes,Berlin,3,100,1.5,3\n",
    "swipes": "Start time,End time,Campaign Name,Amount Spent,Paid Reach\n2026-10-01,2026-10-02,A,12.2,25\n",
    "a header over no rows": "Start time,End time,Campaign Name,Amount Spent,Paid Reach\n",
    "a plan of budgets": "Campaign,Budget type,Amount\nAlpha,Daily,10\n",
    "conversions by campaign": "Date,Campaign Name,Conversion Name,Conversions\n2026-10-01,Alpha,Lead,3\n",
    "deals of any CRM": "Deal ID,Deal name,Deal stage,Deal value,Deal owner\n1,A,New,100,Ann\n",
    "leads with owners": "Lead Owner,Company,Lead Source,Lead Status\nAnn,Acme,Web,New\n",
    "records of a program": "Id,CreatedDate,Title\n1,2026-10-01,A\n",
    "mails by day": "Date,Requests,Delivered,Unique opens,Bounces\n2026-10-01,100,90,10,1\n",
}


def looked_at(settings: Settings, folder: Path, content: str, name: str = "report.csv", **facts: str) -> dict[str, Any]:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return inspect_file(settings, path, facts)


@pytest.mark.parametrize("content", ANYBODYS.values(), ids=ANYBODYS)
def test_a_header_that_could_be_anybodys_is_refused_with_the_way_out(
    settings: Settings, tmp_path: Path, content: str
) -> None:
    seen = looked_at(settings, tmp_path, content)
    assert (seen["outcome"], seen["reason"]) == ("refused", "unknown_kind")
    assert "contract new" in seen["message"]


def test_the_refusal_names_the_platforms_it_could_be_of(settings: Settings, tmp_path: Path) -> None:
    message = looked_at(settings, tmp_path, ADS)["message"]
    assert "nothing says whose export it is" in message
    assert "inbox/microsoft_ads/" in message
    assert "source:" in message


@pytest.mark.parametrize(
    ("content", "name", "facts"),
    [
        (ADS, "report.csv", {"source": "microsoft_ads"}),
        (ADS, "bing_october.csv", {}),
        ("Report Name: October\n\n" + ADS, "report.csv", {}),
        (ADS + "\n@2026 Microsoft Corporation. All rights reserved.\n", "report.csv", {}),
        (ADS.replace("Date", "TimePeriod"), "report.csv", {}),
        (ADS.replace("Date", "Gregorian date"), "report.csv", {}),
    ],
    ids=["a person", "the file's name", "a line above", "a line below", "the programme's label", "the page's label"],
)
def test_one_thing_that_says_the_source_is_enough(
    settings: Settings, tmp_path: Path, content: str, name: str, facts: dict[str, str]
) -> None:
    seen = looked_at(settings, tmp_path, content, name, **facts)
    assert (seen["contract"], seen["rows"]["loaded"]) == ("microsoft_ads__performance", 2)
    assert seen["sums"]["spend"] == "30.5"


def test_advice_names_columns_that_a_person_can_look_for(settings: Settings, tmp_path: Path) -> None:
    message = looked_at(settings, tmp_path, "Campaign Name,Campaign Group Name,Impressions,Clicks\nA,B,1,1\n")[
        "message"
    ]
    assert "'Start Date', 'Total Spent'" in message  # not the pattern of the label


@pytest.mark.parametrize(
    ("content", "contract"),
    [
        ("Campaign,Budget type,Ad group,Bid Strategy Type\nA,Daily,B,CPC\n", "google_ads__bulk_upload"),
        ("Id,CreatedById,CreatedDate,Title\n1,2,2026-10-01,A\n", "salesforce__other_object"),
        ("Lead Owner,Company / Account,Lead Status\nAnn,Acme,New\n", "salesforce__report"),
        ('Lead Owner,Company,Lead Status\nAnn,Acme,New\n\n"Grand Totals (1 records)"\n', "salesforce__report"),
        ("Record ID,Deal Name\n1,A\n", "hubspot__deals_incomplete"),
        ("Location,Campaign,Cost,Impr.\nBerlin,A,1.5,100\n", "google_ads__not_spend"),
        ("Location report\nLocation,Campaign,Cost,Clicks\nBerlin,A,1.5,3\n", "google_ads__not_spend"),
    ],
)
def test_kinds_that_are_only_recognised_to_be_refused_are_their_platforms_own(
    settings: Settings, tmp_path: Path, content: str, contract: str
) -> None:
    seen = looked_at(settings, tmp_path, content)
    assert (seen["outcome"], seen["contract"] or "salesforce__other_object") == ("refused", contract)


def test_the_table_of_microsofts_page_is_known_by_its_short_labels(settings: Settings, tmp_path: Path) -> None:
    table = (
        "Campaign report\n5/1/2026 - 5/31/2026\n\nCampaign,Campaign ID,Impr.,Clicks,Avg. CPC,Spend,Conv.\n"
        "Alpha,[4123],1000,50,0.40,20.00,3\nTotal,,1000,50,0.40,20.00,3\n"
    )
    seen = looked_at(settings, tmp_path, table, currency="USD")
    assert (seen["contract"], seen["entity"]) == ("microsoft_ads__summary", "ads_period")
    assert seen["period"] == {"start": "2026-05-01", "end": "2026-05-31"}
    assert seen["sums"] == {"spend": "20", "impressions": "1000", "clicks": "50", "conversions": "3"}


def test_a_folder_says_the_source_and_the_same_file_beside_it_stays_unknown(home: Home) -> None:
    home.drop("microsoft_ads/acc-1/a.csv", ADS).drop("b.csv", ADS.replace("Alpha", "Gamma")).load()
    assert home.outcomes() == {"a.csv": ("loaded", None), "b.csv": ("refused", "unknown_kind")}
    assert home.rows("ads_performance", "distinct source, account_id") == [("microsoft_ads", "acc-1")]


def test_a_contract_of_ones_own_needs_no_proof(settings: Settings, tmp_path: Path) -> None:
    settings.make_folders()
    settings.user_contracts.mkdir(exist_ok=True)
    (settings.user_contracts / "quora_ads__daily.yml").write_text(
        "contract: quora_ads__daily\ntitle: Quora Ads by day\nsource: quora_ads\nevidence: file\n"
        "detect: {required: [date, campaign_name, spend]}\n"
        "fields:\n  date: {labels: [Date], required: true}\n"
        "  campaign_name: {labels: [Campaign], level: campaign}\n"
        "  spend: {labels: [Spend]}\n  impressions: {labels: [Impressions]}\n"
        "grain: {day: date}\noutputs: [{entity: ads_performance}]\nrestatement: upsert\n",
        encoding="utf-8",
    )
    seen = looked_at(settings, tmp_path, ADS)
    assert (seen["contract"], seen["source"], seen["rows"]["loaded"]) == ("quora_ads__daily", "quora_ads", 2)


def test_a_customers_name_is_no_account_of_the_crm(home: Home) -> None:
    home.drop("Account.csv", "Id,Name,Industry,OwnerId\n001,Acme,Retail,005\n002,Birch,Retail,005\n").load()
    assert home.rows("crm_accounts", "record_id, account_id") == [("001", "default"), ("002", "default")]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("<!DOCTYPE html><html><body>Please, sign in</body></html>", "a web page"),
        ("<html><table><tr><th>Opportunity Name</th><th>Stage</th></tr></table></html>", "a web page"),
        ('{"data": [{"spend": 1}]}', "JSON"),
        ("%PDF-1.4\n%abc\n", "a PDF"),
    ],
)
def test_what_is_no_table_is_called_by_its_name(settings: Settings, tmp_path: Path, content: str, named: str) -> None:
    seen = looked_at(settings, tmp_path, content, "report.xls")
    assert (seen["outcome"], seen["reason"]) == ("refused", "unknown_kind")
    assert named in seen["message"]
    assert "CSV or XLSX" in seen["message"]
