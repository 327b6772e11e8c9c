"""The files tell one story, and the truth is that story: every law checked from the files' side."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

Truth = Callable[[str], list[dict[str, str]]]
Salesforce = Callable[[int, str], list[dict[str, str]]]
NO_ID = "000000000000000AAA"


def _google(path: Path) -> list[dict[str, str]]:
    content = path.read_bytes()
    text = content.decode("utf-16" if content.startswith(b"\xff\xfe") else "utf-8").split("\n", 2)[2]
    return list(csv.DictReader(io.StringIO(text), delimiter="\t" if "\t" in text.split("\n")[0] else ","))


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def test_newest_export_of_each_day_is_the_truth(inbox: Path, truth: Truth) -> None:
    """Google: read the daily reports in the order of their export days, later ones winning."""
    seen: dict[tuple[str, str, str], tuple[Decimal, ...]] = {}
    for path in sorted(inbox.glob("google_ads/*/*/Daily campaign report*.csv")):
        for row in _google(path):
            key = (path.parts[-3], row["Day"], row["Campaign ID"])
            seen[key] = tuple(_number(row[name]) for name in ("Cost", "Impr.", "Clicks", "Conversions", "Conv. value"))
    names = ("spend_native", "impressions", "clicks", "conversions", "conversion_value")
    known = {
        (row["account_id"], row["date"], row["campaign_id"]): tuple(Decimal(row[name]) for name in names)
        for row in truth("ad_spend_daily")
        if row["source"] == "google_ads"
    }
    assert seen == known


def test_days_are_restated(inbox: Path) -> None:
    """Some day of the quarterly export has other numbers in the newest one; the late file has the old ones."""
    account = inbox / "google_ads" / "4826159043"
    older, newest = (
        {
            (row["Day"], row["Campaign ID"]): row["Conversions"]
            for row in _google(account / day / "Daily campaign report.csv")
        }
        for day in ("2026-10-26", "2026-11-01")
    )
    late = {
        (row["Day"], row["Campaign ID"]): row["Conversions"]
        for row in _google(account / "2026-10-12" / "Daily campaign report (1).csv")
    }
    both = older.keys() & newest.keys()
    assert any(older[key] != newest[key] for key in both)
    assert any(late[key] != newest[key] for key in late.keys() & newest.keys())


def test_month_reports_are_the_sums_of_their_days(inbox: Path, truth: Truth) -> None:
    days: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for row in truth("ad_spend_daily"):
        days[row["account_id"], row["campaign_id"], row["date"][:7]] += Decimal(row["spend_native"])
    periods = truth("ad_periods")
    for row in periods:
        total = days[row["account_id"], row["campaign_id"], row["period_start"][:7]]
        assert total == (Decimal(row["spend_native"]) if row["covered_by_daily"] == "1" else 0)
    assert {row["period_start"] for row in periods if row["covered_by_daily"] == "0"} == {"2026-07-01"}
    for path in inbox.glob("google_ads/*/2026-11-01/Campaign report*.csv"):
        rows = _google(path)
        campaigns = sum(_number(row["Cost"]) for row in rows if not row["Campaign status"].startswith("Total:"))
        total = next(row for row in rows if row["Campaign status"] == "Total: Campaigns")
        assert _number(total["Cost"]) == campaigns


def test_campaign_names_are_shared(truth: Truth, salesforce: Salesforce) -> None:
    crm = {row["Name"] for row in salesforce(-1, "Campaign")}
    ads = {row["campaign_name"] for row in truth("ad_spend_daily")}
    assert ads <= crm
    leads = {row["campaign"] for row in truth("leads")} - {""}
    assert leads <= crm
    assert "VN YouTube Awareness" in ads - leads, "a campaign that spends and brings nobody"
    assert leads - ads, "campaigns that bring leads without media spend"
    awareness = [row for row in truth("ad_spend_daily") if row["campaign_name"] == "VN YouTube Awareness"]
    assert {row["conversions"] for row in awareness} == {"0"}


def test_mail_counters_grow_up_to_the_truth(inbox: Path, truth: Truth) -> None:
    snapshots = []
    for path in sorted(inbox.glob("mailchimp/*/2026-*/*.zip")):
        with zipfile.ZipFile(path) as archive:
            text = archive.read(archive.namelist()[0]).decode()
        snapshots.append({row["Unique Id"]: row for row in csv.DictReader(io.StringIO(text))})
    assert len(snapshots) == 3
    for older, newer in pairwise(snapshots):
        assert older.keys() < newer.keys()
        assert all(int(older[key]["Unique Opens"]) <= int(newer[key]["Unique Opens"]) for key in older)
    assert any(snapshots[1][key]["Unique Opens"] != snapshots[2][key]["Unique Opens"] for key in snapshots[1])
    known = {row["campaign_id"]: row for row in truth("email_campaigns") if row["source"] == "mailchimp"}
    assert known.keys() == snapshots[-1].keys()
    for key, row in snapshots[-1].items():
        assert (row["Unique Opens"], row["Total Clicks"]) == (known[key]["opens"], known[key]["clicks_total"])
        assert int(row["Successful Deliveries"]) == int(row["Total Recipients"]) - int(row["Total Bounces"])


def test_every_stage_of_the_newest_crm_is_the_truth(truth: Truth, salesforce: Salesforce) -> None:
    rows = {row["Id"]: row for row in salesforce(-1, "Opportunity") if row["IsDeleted"] == "0"}
    known = {row["opportunity_id"]: row for row in truth("opportunities") if row["source"] == "salesforce"}
    assert rows.keys() == known.keys()
    for key, row in rows.items():
        assert Decimal(row["Amount"]) == Decimal(known[key]["amount_native"])
        assert (row["IsClosed"], row["IsWon"]) == (known[key]["is_closed"], known[key]["is_won"])
        assert row["CloseDate"][:10] == known[key]["close_date"]
        assert row["CreatedDate"][:10] == known[key]["created_on"]


def test_history_has_one_current_row_that_agrees_with_its_deal(salesforce: Salesforce) -> None:
    for number in (0, 1, 2):
        deals = {row["Id"]: row for row in salesforce(number, "Opportunity")}
        current = [row for row in salesforce(number, "OpportunityHistory") if not row["ValidThroughDate"]]
        assert len(current) == len(deals)
        for row in current:
            deal = deals[row["OpportunityId"]]
            assert (row["StageName"], row["Amount"]) == (deal["StageName"], deal["Amount"])


def test_won_revenue_ties_in_both_currencies(truth: Truth) -> None:
    native: dict[str, Decimal] = defaultdict(Decimal)
    usd: dict[str, Decimal] = defaultdict(Decimal)
    for row in truth("won_lines"):
        native[row["opportunity_id"]] += Decimal(row["amount_native"])
        usd[row["opportunity_id"]] += Decimal(row["amount_usd"])
    won = {row["opportunity_id"]: row for row in truth("opportunities") if row["is_won"] == "1"}
    assert native.keys() == won.keys()
    for key, row in won.items():
        assert (native[key], usd[key]) == (Decimal(row["amount_native"]), Decimal(row["amount_usd"]))


def test_lines_of_the_export_are_the_truth(truth: Truth, salesforce: Salesforce) -> None:
    products = {row["Id"]: row["Name"] for row in salesforce(-1, "Product2")}
    exported = Counter(
        (row["OpportunityId"], products[row["Product2Id"]], Decimal(row["TotalPrice"]))
        for row in salesforce(-1, "OpportunityLineItem")
    )
    known: dict[tuple[str, str], Decimal] = defaultdict(Decimal)  # over who sold together
    for row in truth("won_lines"):
        known[row["opportunity_id"], row["product"]] += Decimal(row["amount_native"])
    recorded = {(*key, amount): 1 for key, amount in known.items() if key[1] not in ("Unspecified", "Unallocated")}
    assert Counter(recorded) <= exported


def test_who_sells_together_is_in_the_export_and_revenue_is_theirs(truth: Truth, salesforce: Salesforce) -> None:
    parts: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in salesforce(-1, "OpportunitySplit"):
        parts[row["OpportunityId"]][row["SplitTypeId"]] += Decimal(row["SplitPercentage"])
    kinds = Counter(kind for deal in parts.values() for kind in deal)
    revenue, overlay = (kind for kind, _ in kinds.most_common())
    assert kinds[overlay] > 0
    assert {deal[revenue] for deal in parts.values()} == {Decimal(100)}
    assert parts.keys() == {row["Id"] for row in salesforce(-1, "Opportunity")}
    reps: dict[str, set[str]] = defaultdict(set)
    for row in truth("won_lines"):
        reps[row["opportunity_id"]].add(row["rep"])
    assert max(map(len, reps.values())) == 3
    owners = {row["opportunity_id"]: row["owner"] for row in truth("opportunities")}
    assert any(owners[deal] not in credited for deal, credited in reps.items())


def test_funnel_counts_persons_once_and_narrows(truth: Truth) -> None:
    months = truth("funnel_monthly")
    leads = truth("leads")
    assert sum(int(row["leads"]) for row in months) == len(leads) == len({row["person_key"] for row in leads})
    for name, column in (("mqls", "mql_at"), ("sals", "sal_at"), ("converted", "converted_at")):
        assert sum(int(row[name]) for row in months) == sum(1 for row in leads if row[column])
    sums = [sum(int(row[name]) for row in months) for name in ("leads", "mqls", "sals", "converted")]
    assert sums == sorted(sums, reverse=True)
    for row in leads:
        reached = [row[name] for name in ("created_on", "mql_at", "sal_at", "converted_at") if row[name]]
        assert reached == sorted(reached)
    deals = truth("opportunities")
    assert sum(int(row["won"]) for row in months) == sum(row["is_won"] == "1" for row in deals) > 5
    assert sum(int(row["opportunities"]) for row in months) == len(deals)


def test_inquiries_are_the_members_that_responded(truth: Truth, salesforce: Salesforce) -> None:
    months = Counter(
        row["FirstRespondedDate"][:7]
        for row in salesforce(-1, "CampaignMember")
        if row["HasResponded"] == "1" and row["IsDeleted"] == "0"
    )
    assert months == {row["month"][:7]: int(row["inquiries"]) for row in truth("funnel_monthly")}


def test_snapshots_differ_by_what_happened_between(salesforce: Salesforce) -> None:
    weeks = [{row["Id"]: row for row in salesforce(number, "Lead")} for number in (0, 1, 2)]
    assert weeks[0].keys() - weeks[2].keys(), "a purged lead"
    assert weeks[2].keys() - weeks[0].keys(), "new leads"
    both = weeks[0].keys() & weeks[2].keys()
    assert any(weeks[0][key]["IsDeleted"] < weeks[2][key]["IsDeleted"] for key in both), "a deleted lead"
    merged = [row for row in weeks[2].values() if row["MasterRecordId"] != NO_ID]
    assert merged
    assert all(row["IsDeleted"] == "1" and row["MasterRecordId"] in weeks[2] for row in merged)
    assert any(weeks[0][row["Id"]]["MasterRecordId"] == NO_ID for row in merged if row["Id"] in weeks[0])
    stages = [{row["Id"]: row["StageName"] for row in salesforce(number, "Opportunity")} for number in (0, 2)]
    assert any(stages[1][key] != stage for key, stage in stages[0].items())


def test_every_odd_case_is_there(truth: Truth, salesforce: Salesforce) -> None:
    leads = salesforce(-1, "Lead")
    assert max(Counter(row["Email"] for row in leads).values()) > 1
    assert any(row["IsConverted"] == "1" and row["ConvertedOpportunityId"] == NO_ID for row in leads)
    per_lead = [row["opportunity_ids"].split(";") for row in truth("leads") if row["opportunity_ids"]]
    assert max(map(len, per_lead)) > 1
    deals = [row for row in truth("opportunities") if row["source"] == "salesforce"]
    assert any(row["is_won"] == "1" and Decimal(row["amount_native"]) == 0 for row in deals)
    assert any(row["is_won"] == "1" and row["region"] == "Unknown" for row in deals)
    assert any(not row["lead_ids"] for row in deals)
    left = {row["FirstName"] for row in salesforce(-1, "User") if row["IsActive"] == "0"}
    assert any(row["owner"].split()[0] in left for row in deals)
    assert {"Unspecified", "Unallocated"} <= {row["product"] for row in truth("won_lines")}
    assert {row["currency"] for row in truth("won_lines")} == {"USD", "EUR", "VND"}
    allocated = [Decimal(row["amount_native"]) for row in truth("won_lines") if row["product"] == "Unallocated"]
    assert min(allocated) < 0 < max(allocated)
    entries = defaultdict(list)
    for row in truth("stage_entries"):
        entries[row["record_id"]].append(row["stage"])
    assert any("Closed Lost" in steps[:-1] and steps[-1] == "Closed Won" for steps in entries.values()), "re-opened"
    assert ["New", "Qualified"] in entries.values(), "skipped statuses"
    assert any(steps.count("MQL") == 2 for steps in entries.values()), "recycled and back"
    assert any(row["IsDeleted"] == "1" and row["IsWon"] == "1" for row in salesforce(-1, "Opportunity"))


def test_calls_repeat_in_overlapping_exports_and_count_once(inbox: Path, truth: Truth) -> None:
    rows = []
    for path in inbox.glob("aircall/*/*/*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            rows += list(csv.DictReader(handle))
    unique = {
        (row["line"], row["datetime (UTC)"], row["direction"], row["from"], row["to"]): row["duration (in call)"]
        for row in rows
    }
    known = truth("calls_daily")
    assert len(rows) > len(unique) == sum(int(row["calls"]) for row in known)
    assert sum(map(int, unique.values())) == sum(int(row["talk_seconds"]) for row in known)


def test_newest_web_export_of_each_day_is_the_truth(inbox: Path, truth: Truth) -> None:
    sessions: dict[tuple[str, str, str], str] = {}
    for path in sorted(inbox.glob("ga4/*/*/*.csv")):
        lines = path.read_text(encoding="utf-8").splitlines()[10:]
        for row in csv.reader(lines[1:]):
            sessions[path.parts[-3], row[1], row[0]] = row[3]
    known = {
        (row["account_id"], row["date"].replace("-", ""), row["channel_group"]): row["sessions"]
        for row in truth("web_daily")
    }
    assert sessions == known


def test_posts_have_the_counters_of_their_newest_export(inbox: Path, truth: Truth) -> None:
    newest: dict[str, str] = {}
    for path in sorted(inbox.glob("meta_business/104882390011223/*/*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as handle:
            newest |= {row["Post ID"]: row["Views"] for row in csv.DictReader(handle) if row["Post ID"]}
    known = {row["post_id"]: row["views"] for row in truth("social_posts") if row["platform"] == "facebook"}
    assert newest == known


def test_people_are_everybody_and_only_in_files_of_people(inbox: Path, truth: Truth, salesforce: Salesforce) -> None:
    addresses = {row["email"] for row in truth("people")}
    assert len(addresses) == len(truth("people"))
    assert {row["Email"] for row in salesforce(-1, "Lead")} <= addresses
    assert {row["Email"] for row in salesforce(0, "Contact")} <= addresses
    assert all(re.fullmatch(r"[a-z.0-9-]+@[a-z-]+\.example", one) for one in addresses)
    phones = {row["phone"] for row in truth("people")}
    with next(inbox.glob("aircall/*/*/*.csv")).open(encoding="utf-8", newline="") as handle:
        assert all({row["from"], row["to"]} & phones for row in csv.DictReader(handle))


def test_mess_is_written_down(inbox: Path, sample_folder: Path) -> None:
    counts = json.loads((sample_folder / "truth" / "counts.json").read_text(encoding="utf-8"))
    notes = {one["note"].split(":")[0]: inbox / one["path"] for one in counts["written"] if one["note"]}
    assert notes.keys() == {"late", "duplicate", "damaged", "wrong kind", "unknown kind"}
    copies = [path for path in inbox.glob("klaviyo/*/*/*.csv") if path.read_bytes() == notes["duplicate"].read_bytes()]
    assert len(copies) == 2
    assert not zipfile.is_zipfile(notes["damaged"])
    assert notes["late"].stat().st_mtime > max(
        path.stat().st_mtime for path in inbox.rglob("*.csv") if path != notes["late"]
    )
