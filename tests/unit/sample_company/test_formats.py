"""The bytes of each format: encoding, byte-order mark, delimiter, line ends, preamble, footer, quoting."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from python_calamine import CalamineWorkbook

from sample_company.company import PLACEMENTS
from sample_company.story.records import case_checksum, salesforce_id

NEWEST = "2026-11-01"


def _lines(content: bytes, encoding: str) -> list[str]:
    return content.decode(encoding).split("\n")


def test_google_daily_report_as_utf16_tabs(inbox: Path) -> None:
    content = (inbox / f"google_ads/4826159043/{NEWEST}/Daily campaign report.csv").read_bytes()
    assert content.startswith(b"\xff\xfe")
    lines = _lines(content[2:], "utf-16-le")
    assert lines[:2] == ["Daily campaign report", "September 27, 2026 - October 31, 2026"]
    assert lines[2].split("\t")[:5] == ["Day", "Campaign", "Campaign ID", "Campaign type", "Currency code"]
    assert lines[-1] == ""
    assert "\r" not in content.decode("utf-16")
    assert not any("Total:" in line for line in lines)


def test_google_daily_report_as_utf8_commas_in_british_english(inbox: Path) -> None:
    content = (inbox / f"google_ads/7719320458/{NEWEST}/Daily campaign report.csv").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert _lines(content, "utf-8")[1] == "27 September 2026 - 31 October 2026"
    assert re.search(r',"\d,\d{3}",', content.decode()), "counts above 999 are grouped and quoted"


def test_google_cost_is_never_grouped(inbox: Path) -> None:
    for path in inbox.glob("google_ads/*/*/Campaign report*.csv"):
        content = path.read_bytes()
        text = content.decode("utf-16") if content.startswith(b"\xff\xfe") else content.decode()
        table = list(csv.DictReader(io.StringIO(text.split("\n", 2)[2]), delimiter="\t" if "\t" in text else ","))
        for row in table:
            assert re.fullmatch(r"\d+(\.\d{2})?", row["Cost"])


def test_google_dong_have_no_decimals(inbox: Path) -> None:
    text = (inbox / f"google_ads/3605578812/{NEWEST}/Daily campaign report.csv").read_bytes().decode("utf-16")
    rows = list(csv.DictReader(io.StringIO(text.split("\n", 2)[2]), delimiter="\t"))
    assert {row["Currency code"] for row in rows} == {"VND"}
    assert all(row["Cost"].isdigit() for row in rows)


def test_google_totals_overlap_and_stand_last(inbox: Path) -> None:
    text = (inbox / f"google_ads/4826159043/{NEWEST}/Campaign report.csv").read_bytes().decode("utf-16")
    first_cells = [line.split("\t")[0] for line in text.split("\n")[3:] if line]
    assert first_cells[:3] == ["Enabled"] * 3
    assert first_cells[3:] == ["Total: Campaigns", "Total: Account", "Total: Search", "Total: Display"]
    assert "\t --\t" in text


def test_google_wrong_kind_has_the_name_of_a_report(inbox: Path) -> None:
    content = (inbox / "google_ads/4826159043/Campaign report.csv").read_text(encoding="utf-8")
    assert content.startswith("Row Type,Action,")


def test_meta_names_the_currency_in_a_label_only(inbox: Path) -> None:
    english = next(inbox.glob(f"meta_ads/120210993377/{NEWEST}/*.csv"))
    assert english.name == "Brightloom-VN-Campaigns-27-Sep-202631-Oct-2026.csv"
    header = english.read_bytes().split(b"\n")[0].decode()
    assert '"Amount spent (VND)"' in header
    assert ",Day," in header, "labels without spaces are not quoted"


def test_meta_has_one_spanish_file_and_grand_totals(inbox: Path) -> None:
    texts = [path.read_text(encoding="utf-8-sig") for path in sorted(inbox.glob("meta_ads/120210448812/*/*.csv"))]
    assert ["Importe gastado (EUR)" in text for text in texts] == [False, True, False]
    last = texts[0].splitlines()[-1].split(",")
    assert last[:3] == ["", "", ""]
    assert texts[2].splitlines()[-1].startswith(",,,")


def test_microsoft_counts_its_rows_and_signs(inbox: Path) -> None:
    content = (inbox / f"microsoft_ads/180412907/{NEWEST}/Daily campaign performance.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert "\n" not in content.decode().replace("\r\n", "")
    rows = int(re.fullmatch(r'"Rows: (\d+)"', lines[8])[1])  # type: ignore[index]
    assert lines[9] == ""
    assert lines[10].startswith('"TimePeriod","AccountName"')
    assert len(lines[11 : lines.index("", 11)]) == rows
    assert lines[-2] == '"©2026 Microsoft Corporation. All rights reserved. "'
    assert '"Potential Incomplete Data: true"' in lines


@pytest.mark.parametrize(
    ("account", "title", "label", "cell"),
    [
        ("508112233", "Ad Performance Report (in UTC)", "Start Date (in UTC)", r"\d{1,2}/\d{1,2}/2026"),
        ("511730094", "Rapport met advertentieprestaties (in UTC)", "Begindatum (in UTC)", r"\d{1,2}-\d{1,2}-2026"),
    ],
)
def test_linkedin_ads_in_two_languages(inbox: Path, account: str, title: str, label: str, cell: str) -> None:
    content = next(inbox.glob(f"linkedin_ads/{account}/{NEWEST}/*.csv")).read_bytes()
    assert content.startswith(b"\xff\xfe")
    lines = content.decode("utf-16").split("\n")
    assert lines[0] == title
    assert lines[4] == ""
    assert lines[5].split("\t")[0] == label
    assert re.fullmatch(cell, lines[6].split("\t")[0])


def test_linkedin_dutch_numbers_have_decimal_commas(inbox: Path) -> None:
    text = next(inbox.glob(f"linkedin_ads/511730094/{NEWEST}/*.csv")).read_bytes().decode("utf-16")
    rows = list(csv.DictReader(io.StringIO(text.split("\n", 5)[5]), delimiter="\t"))
    assert all(re.fullmatch(r"[\d.]+,\d{2}", row["Totaal besteed"]) for row in rows)
    assert all(re.fullmatch(r"\d\.\d+", row["Gemiddelde kijktijd (in seconden)"]) for row in rows)


def test_mailchimp_zip_quotes_only_what_has_spaces(inbox: Path) -> None:
    with zipfile.ZipFile(next(inbox.glob(f"mailchimp/*/{NEWEST}/*.zip"))) as archive:
        assert archive.namelist() == ["3184407_reports/campaigns.csv"]
        lines = archive.read(archive.namelist()[0]).decode().splitlines()
    assert lines[0].startswith('Title,Subject,List,"Send Date","Send Weekday"')
    assert lines[0].count(",") == 39
    rows = list(csv.DictReader(lines))
    assert all(re.fullmatch(r"[A-Z][a-z]{2} \d{2}, \d{4} \d{2}:\d{2} [ap]m", row["Send Date"]) for row in rows)
    assert all(re.fullmatch(r"[0-9a-f]{10}", row["Unique Id"]) for row in rows)
    assert {row["Bounce Rate"] for row in rows} == {"n/a"}


def test_klaviyo_writes_counts_as_decimals(inbox: Path) -> None:
    lines = (inbox / f"klaviyo/XyZ4Kq/{NEWEST}/campaigns.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(lines))
    assert all(row["Total Recipients"].endswith(".0") and row["Open Rate"].endswith("%") for row in rows)
    assert all(len(row["Campaign ID"]) == 26 for row in rows)


def test_meta_content_has_long_texts_short_rows_and_errors(inbox: Path) -> None:
    path = next(inbox.glob(f"meta_business/104882390011223/{NEWEST}/*.csv"))
    assert re.fullmatch(r"Aug-13-2026_Oct-31-2026_\d{16}\.csv", path.name)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    widths = {len(row) for row in rows}
    assert widths == {29, 26}
    errors = [row for row in rows[1:] if not row[0]]
    assert len(errors) == 1
    assert errors[0][15].startswith("An error occurred while computing metadata for content with ID ")
    assert any("\n" in row[4] for row in rows)
    assert {row[16] for row in rows[1:]} == {"Lifetime"}


def test_linkedin_page_workbooks(inbox: Path) -> None:
    path = max(inbox.glob("linkedin_page/brightloom/brightloom_content_*.xlsx"))
    assert re.fullmatch(r"brightloom_content_\d{13}\.xlsx", path.name)
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["Metrics", "All posts"]
    metrics = book.get_sheet_by_name("Metrics").to_python()
    assert metrics[0][0].startswith("Aggregated engagement metrics")
    assert metrics[1][:2] == ["Date", "Impressions (organic)"]
    assert metrics[2][0] == "08/13/2026"
    assert isinstance(metrics[2][1], float)


@pytest.mark.parametrize(
    ("account", "start"), [("312045781", "# Start date: 20260927"), ("398114520", "# Fecha de inicio: 20260927")]
)
def test_ga4_preamble_and_line_ends(inbox: Path, account: str, start: str) -> None:
    content = next(inbox.glob(f"ga4/{account}/{NEWEST}/*.csv")).read_bytes().decode()
    lines = content.split("\r\n")
    assert lines[0] == lines[5] == "# ----------------------------------------"
    assert lines[8] == start
    assert lines[10].startswith("Session primary channel group (Default Channel Group),Date,Users")
    assert re.match(r"[A-Z].*,20260927,\d+,", lines[11])


def test_salesforce_archive_is_quoted_cp1252_with_empty_objects(inbox: Path) -> None:
    archives = sorted(inbox.glob("salesforce/*/*/*.ZIP"))
    assert [path.name for path in archives] == ["WE_00D5f000004XyZqEAK_1.ZIP"] * 3
    with zipfile.ZipFile(archives[-1]) as archive:
        assert {"Opportunity.csv", "LeadHistory.csv", "UserRole.csv", "Asset.csv"} <= set(archive.namelist())
        leads = archive.read("Lead.csv")
        assert len(archive.read("Asset.csv").splitlines()) == 1
    with pytest.raises(UnicodeDecodeError):
        leads.decode("utf-8")
    text = leads.decode("cp1252")
    assert "\r" not in text
    assert all(line.startswith('"') and line.endswith('"') for line in text.splitlines())


def test_salesforce_values(salesforce: Callable[[int, str], list[dict[str, str]]]) -> None:
    for row in salesforce(-1, "Opportunity"):
        assert len(row["Id"]) == 18
        assert row["IsClosed"] in "01"
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row["CreatedDate"])
        assert row["CloseDate"].endswith(" 00:00:00")
        assert row["Territory2Id"] == "000000000000000AAA"
    assert any("\n" in row["Description"] and '"' in row["Description"] for row in salesforce(-1, "Task"))


def test_salesforce_id_checksum() -> None:
    """The vendor's example: 001A0 has its only capital in place 4, bit 3 = 8 -> I; 00000 -> A; 6Vm9r bit 1 = 2 -> C."""
    assert case_checksum("001A0000006Vm9r") == "IAC"
    assert salesforce_id("00Q", 1) == "00Q5f0000000001EAA"  # 00Q5f: bit 2 = 4 -> E
    ids = {salesforce_id("003", number) for number in range(5_000)}
    assert len({one.lower() for one in ids}) == 5_000, "the checksum distinguishes ids that differ in case only"


def test_hubspot_stage_columns(inbox: Path) -> None:
    path = inbox / f"hubspot/8834121/{NEWEST}/hubspot-crm-exports-all-deals-{NEWEST}.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0]
    assert '"Date entered ""Appointment Scheduled (Partner Pipeline)"""' in header
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", row["Create Date"])
            assert row["Is Closed Won"] in ("true", "false")


def test_aircall_columns(inbox: Path) -> None:
    with next(inbox.glob(f"aircall/*/{NEWEST}/*.csv")).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["answered"] for row in rows} == {"Yes", "No"}
    assert all(int(row["duration (in call)"]) <= int(row["duration (total)"]) for row in rows)
    assert "[No associated user]" in {row["user"] for row in rows}


def test_plans_use_the_entities_columns(inbox: Path) -> None:
    from funnelhouse.contracts.entities import entities

    for name in ("marketing_costs", "goals", "benchmarks", "fx_rates"):
        header = (inbox / f"plans/company/{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        assert header == [column.name for column in entities()[name].columns]


def test_manifests_carry_what_the_files_cannot(inbox: Path) -> None:
    for path in inbox.rglob("_manifest.yml"):
        facts = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert {"source", "account_id", "account_name", "timezone"} <= set(facts)
        assert facts["account_id"] in path.as_posix()
        assert all(isinstance(value, str) for value in facts.values())
    accounts = {placement.account.account_id for placement in PLACEMENTS}
    assert accounts <= {path.name for source in inbox.iterdir() if source.is_dir() for path in source.iterdir()}
