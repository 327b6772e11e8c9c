"""Exports that are odd in one way, as platforms and people make them, and what is right about each."""

from __future__ import annotations

import codecs

import pytest

from funnelhouse.contracts.loader import load_contracts
from funnelhouse.store.batches import read_batches
from tests.contracts.conftest import Exports

ACCOUNTS = '"Id","IsDeleted","Type","Name","OwnerId","CreatedDate","SystemModstamp","BillingCity"\n'
DEALS = '"Id","AccountId","Name","StageName","Amount","CloseDate","CreatedDate","IsClosed","IsWon","Description"\n'
POSTS = (
    "Post ID,Account ID,Account username,Account name,Description,Duration (sec),Publish time,Permalink,Post type,"
    "Data comment,Date,Views,Reach,Likes,Shares,Follows,Comments,Saves"
)


def notes(exports: Exports) -> str:
    return "\n".join(note for batch in read_batches(exports.settings.raw) for note in batch.notes)


# --- kinds that lack a column ------------------------------------------------------------


def test_a_salesforce_object_without_a_needed_column_says_which(exports: Exports) -> None:
    deals = b'"Id","AccountId","Amount","CloseDate","CreatedDate","IsClosed","IsWon","SystemModstamp"\n' + (
        b'"006","001","5","2026-03-01","2026-02-01T09:00:00.000Z","true","true","2026-03-02T09:00:00.000Z"\n'
    )
    users = (
        b'"Id","Username","Name","IsActive","CreatedDate","SystemModstamp"\n"005","a","Ada","true","2026-01-01",""\n'
    )
    exports.drop(deals, "Opportunity.csv", "salesforce/one").drop_zip(
        "WE_00DQx0000000001AAA_1.zip", {"Opportunity.csv": deals, "User.csv": users}
    ).load()
    outcome, reason, message = exports.outcomes()["Opportunity.csv"]
    assert (outcome, reason) == ("refused", "missing_columns")
    assert "Salesforce Opportunity" in message and "'StageName'" in message
    outcome, reason, message = exports.outcomes()["WE_00DQx0000000001AAA_1.zip"]
    assert (outcome, reason) == ("loaded_with_rejects", "missing_columns") and "'StageName'" in message


def test_an_object_of_a_managed_package_says_what_it_lacks(exports: Exports) -> None:
    rows = b'"Id","CreatedDate","SystemModstamp"\n"a01","2026-01-01","2026-03-02"\n'
    exports.drop(rows, "SBQQ__Subscription__c.csv", "salesforce/one").drop(
        rows.replace(b"a01", b"a02"), "Widget__c.csv", "salesforce/two"
    ).load()
    assert exports.outcomes()["SBQQ__Subscription__c.csv"][1] == "missing_columns"
    assert exports.outcomes()["Widget__c.csv"][1] == "not_used"


@pytest.mark.parametrize(("folder", "text", "lacks"), [
    ("hubspot/1", "Record ID,First Name,Email,Contact owner,Lead Status\n1,Ann,ann@example.org,Ada,New\n",
     ["'Create Date'", "'Lifecycle Stage'"]),
    ("meta_ads/1",
     "Reporting starts,Reporting ends,Campaign name,Campaign delivery,Post shares\n2026-01-01,2026-01-01,B,x,1\n",
     ["'Amount spent'"]),
])  # fmt: skip
def test_a_known_kind_without_needed_columns_says_which(
    exports: Exports, folder: str, text: str, lacks: list[str]
) -> None:
    exports.drop(text.encode(), "export.csv", folder).load()
    outcome, reason, message = exports.outcomes()["export.csv"]
    assert (outcome, reason) == ("refused", "missing_columns")
    assert all(label in message for label in lacks) and "contract new" not in message


def test_google_campaigns_with_a_budget_type_are_a_report(exports: Exports) -> None:
    head = 'Campaign report\n"January 1, 2026 - January 31, 2026"\n'
    columns = "Campaign status,Campaign,Budget name,Currency code,Budget,Budget type,Status,Campaign type"
    rows = (
        "Enabled,Brand,--,USD,10.00,Daily,Eligible,Search,123.45,3.00\n"
        "Total: Campaigns, --, --,USD, --, --, --, --,123.45,3\n"
    )
    exports.drop(f"{head}{columns}\n".encode(), "none.csv", "google_ads/1")
    exports.drop(f"{head}{columns},Cost,Conversions\n{rows}".encode(), "some.csv", "google_ads/2").load()
    assert exports.outcomes()["none.csv"][:2] == ("empty_report", "header_only")
    assert exports.rows("ads_period", "period_start, period_end, spend, conversions") == [
        ("2026-01-01", "2026-01-31", "123.450000", "3.000000")
    ]


@pytest.mark.parametrize("days", ["2026.02.05", "2026.02.05-2026.02.09"])
def test_google_overview_cards_are_refused_with_what_to_do(exports: Exports, days: str) -> None:
    card = b"Hour,Clicks,Impressions,Avg. CPC,Cost\n00 - 01,0,0,US$0.00,US$0.00\n"
    exports.drop(card, f"Time_series({days}).csv", "google_ads/1").load()
    (found,) = exports.outcomes().values()
    assert found[:2] == ("refused", "wrong_kind") and "Campaigns table" in found[2]


# --- words ---------------------------------------------------------------------------------------------------------


def test_a_chart_of_page_insights_is_known_by_every_title_of_its_blocks(exports: Exports) -> None:
    titles = {
        "Interações com o conteúdo": "engagements", "Interacciones con el contenido": "engagements",
        "Lượt tương tác với nội dung": "engagements", "Erişim": "reach", "Visualizações": "impressions",
        "Охват": "reach", "Follows": "follows_new", "Clics sur le lien": "clicks", "Espectadores": "viewers",
    }  # fmt: skip
    for number, title in enumerate(titles):
        days = f'"2026-05-05T00:00:00","15"\r\n"2026-05-06T00:00:00","{number}"\r\n'
        text = f'sep=,\r\n"{title}"\r\n"Data","Primary"\r\n{days}'
        content = codecs.BOM_UTF16_LE + text.encode("utf-16-le")
        exports.drop(content, f"{number}.csv", f"meta_business/{number}", platform="instagram")
    exports.load()
    found = exports.query(
        "select page_id, any_value(metric), sum(value)::int from raw.social_daily group by 1 order by 1"
    )
    assert found == [(str(n), metric, 15 + n) for n, metric in enumerate(titles.values())]


def test_page_insights_have_one_list_of_titles() -> None:
    contract = load_contracts()["meta_business__page_insights"]
    assert contract.detect.preamble is None and "preamble" in contract.detect.must_match


@pytest.mark.parametrize("metric", ["Purchase Event", "Placed Order", "Completed Order", "Checkout Completed"])
def test_klaviyo_orders_and_their_value_are_of_one_metric(exports: Exports, metric: str) -> None:
    text = (
        f"Campaign Name,Subject,Send Date,Total Recipients,Unique {metric},Unique {metric} Rate,{metric} Value,"
        "Unique Opens,Unique Clicks,Spam Complaints,Successful Deliveries,Campaign ID,Campaign Channel\n"
        'News,Hi,2026-03-05 09:00:00,1000,12,1.2%,"1,234.50",400,50,0,990,X1,email\n'
    )
    exports.drop(text.encode(), "Campaign Export.csv", "klaviyo/a").load()
    assert exports.rows("email_campaigns", "orders, revenue") == [("12", "1234.500000")]


# --- HubSpot's lists in one cell ---------------------------------------------------------


def test_merged_contacts_with_times_live_on_under_one_id(exports: Exports) -> None:
    text = (
        "Record ID,Email,Lifecycle Stage,Lead Status,Create Date,Merged vids with timestamps of a contact\n"
        "3,a@example.com,Lead,New,2026-01-10 09:00,1:1772000000000;2:1772100000000\n"
    )
    exports.drop(text.encode(), "contacts.csv", "hubspot/1", exported_at="2026-04-01").load()
    assert exports.rows("crm_contacts", "record_id, merged_into_id") == [("1", "3"), ("2", "3"), ("3", None)]


def test_the_first_company_of_a_deal_has_the_first_name(exports: Exports) -> None:
    text = (
        "Record ID,Deal Name,Deal Stage,Amount,Create Date,Associated Company,Associated Company IDs\n"
        "1,Deal,Closed Won,500,2026-01-10 09:00,Alpha GmbH; Beta GmbH,81;82\n"
        "2,Deal,Closed Won,5,2026-01-10 09:00,Gamma,83\n"
    )
    exports.drop(text.encode(), "deals.csv", "hubspot/1", exported_at="2026-04-01").load()
    assert exports.rows("crm_opportunities", "crm_account_id, account_name") == [("81", "Alpha GmbH"), ("83", "Gamma")]


# --- captions with line ends -------------------------------------------------------------


def _post(number: int, caption: str, views: int, quote: str = '"') -> str:
    return (
        f"1800000000000000{number},1784,shop,Shop,{quote}{caption}{quote},12,12/3{number % 2}/2025 08:24,"
        f"https://www.instagram.com/reel/D{number}/,IG reel,,Lifetime,{views},7,5,1,0,1,2"
    )


def test_a_caption_of_several_lines_in_csv_inside_csv_is_one_post(exports: Exports) -> None:
    lines = [
        _post(1, "New menu\nCome by, bring a friend.\n#demo", 1000),
        _post(2, "One line", 2000),
        _post(3, "Two\nlines!", 3000),
    ]
    quoted = "\n\n".join('"' + line.replace('"', '""') + '"' for text in lines for line in text.split("\n"))
    exports.drop(f'"{POSTS}"\n{quoted}\n'.encode(), "posts.csv", "meta_business/1", exported_at="2026-01-05").load()
    assert exports.query("select count(*), sum(impressions)::int, count(published_at) from raw.social_posts") == [
        (3, 6000, 3)
    ]
    assert exports.outcomes()["posts.csv"][0] == "loaded"


def test_lines_of_a_caption_that_stand_alone_are_no_posts(exports: Exports) -> None:
    text = "\n".join([POSTS, _post(1, "x", 2000), "Come by and bring a friend", "#demo 2026", _post(2, "y", 3000)])
    exports.drop(text.encode(), "posts.csv", "meta_business/1", exported_at="2026-01-05").load()
    assert exports.query("select count(*), sum(impressions)::int from raw.social_posts") == [(2, 5000)]
    assert exports.outcomes()["posts.csv"][0] == "loaded_with_rejects"


# --- bytes ---------------------------------------------------------------------


def test_a_zero_byte_in_a_text_of_the_crm_is_left_out(exports: Exports) -> None:
    rows = "".join(
        f'"006{n}","001","Müller","Closed Won","1100.1","2026-03-01","2026-02-01","true","true","{n} " \n'
        for n in range(40)
    )
    content = (DEALS + rows.replace('"7 "', '"a\0b"')).encode("cp1252")
    exports.drop(content, "Opportunity.csv", "salesforce/one", exported_at="2026-04-01").load()
    assert exports.query("select count(*), any_value(opportunity_name) from raw.crm_opportunities") == [(40, "Müller")]
    assert "1 zero bytes inside cells are left out" in notes(exports)


def test_bytes_that_windows_1252_leaves_open_do_not_stop_a_table(exports: Exports) -> None:
    content = (ACCOUNTS + '"001","false","x","Café","005","2026-01-01","2026-01-02","M?nchen"\n').encode("cp1252")
    exports.drop(content.replace(b"?", b"\x81"), "Account.csv", "salesforce/one", exported_at="2026-04-01").load()
    assert exports.rows("crm_accounts", "account_name") == [("Café",)]
    assert "1 bytes that Windows-1252 leaves open" in notes(exports)


@pytest.mark.parametrize("codec", ["cp1252", "mac_roman"])
def test_a_resaved_mailchimp_table_keeps_its_letters(exports: Exports, codec: str) -> None:
    text = (
        "Title,Subject,List,Send Date,Total Recipients,Successful Deliveries,Soft Bounces,Unique Opens,"
        "Total Opens,Unique Clicks,"
        'Abuse Complaints,Unique Id\nCafé de février,Idée fraîche,News,"Feb 03, 2026 10:00 am",100,98,1,40,55,7,0,a1\n'
    )
    exports.drop(text.encode(codec), "campaigns.csv", "mailchimp/1", exported_at="2026-02-06").load()
    assert exports.rows("email_campaigns", "campaign_name, subject") == [("Café de février", "Idée fraîche")]


# --- YouTube's chart ---------------------------------------------------------------------


def test_engaged_views_are_a_metric_of_their_own(exports: Exports) -> None:
    exports.drop(b"Date,Engaged views\n2026-02-01,120\n2026-02-02,95\n", "Totals.csv", "youtube/1").load()
    assert exports.rows("social_daily", "metric, value") == [
        ("engaged_views", "120.000000"),
        ("engaged_views", "95.000000"),
    ]


def test_a_chart_of_another_metric_says_what_to_choose(exports: Exports) -> None:
    exports.drop(b"Date,Average view duration\n2026-02-01,0:01:10\n", "Totals.csv", "youtube/1").load()
    outcome, reason, message = exports.outcomes()["Totals.csv"]
    assert (outcome, reason) == ("refused", "wrong_kind") and "choose Views" in message


def test_the_days_of_a_legacy_x_export_are_those_of_its_rows(exports: Exports) -> None:
    """Two days in the file's name, the second one exclusive: the rows say which days there are."""
    text = "Date,Tweets published,impressions,engagements\n2022-02-01,1,100,5\n2022-02-02,0,90,4\n"
    exports.drop(text.encode(), "daily_tweet_activity_metrics_shop_20220201_20220203_en.csv").load()
    (batch,) = read_batches(exports.settings.raw)
    assert (batch.account_id, batch.period_start, batch.period_end) == ("shop", "2022-02-01", "2022-02-02")
