"""The rules that hold for every export, by their numbers: 0.1 bytes, 0.2 the table, 0.3 labels, 0.4 nulls, 0.5 numbers,
0.6 ids, 0.7 periods and versions, 0.8 damage seen in the wild, 0.9 text.

The table is always the same two days: spend 1234.50 and 20.25, 1000 and 500 impressions, 12 and 5 clicks.
"""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from funnelhouse.settings import load_settings
from tests.fuzz.dress import Dress, write, zipped
from tests.fuzz.driver import Driver, Seen, open_driver
from tests.unit.extract.conftest import Home

HEADER = ["Day", "Campaign", "Campaign ID", "Currency code", "Cost", "Impr.", "Clicks"]
ONE = ["2026-10-01", "Brand", "101", "EUR", "1234.50", "1000", "12"]
TWO = ["2026-10-02", "Brand", "101", "EUR", "20.25", "500", "5"]
TABLE = [HEADER, ONE, TWO]
BOTH = [("2026-10-01", "1234.500000", 1000, 12), ("2026-10-02", "20.250000", 500, 5)]
FILES = Path(__file__).parents[2] / "files"


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    settings = load_settings(tmp_path_factory.mktemp("rules") / "home")
    settings.make_folders()
    with open_driver(settings) as made:
        yield made


def dressed(rows: list[list[str]] = TABLE, **dress: Any) -> bytes:
    return write(rows, rows.index(HEADER) if HEADER in rows else 0, Dress(**dress), "report.csv")[1]


def rows(seen: Seen, entity: str = "ads_performance", names: str = "date spend impressions clicks") -> list[Any]:
    """Rows of the entity as tuples, dates and decimals as texts."""
    assert not seen.errors, seen.errors
    return [
        tuple(value if isinstance(value := row[name], int | float | None) else str(value) for name in names.split())
        for table in seen.tables
        for row in sorted(table.entities.get(entity, []), key=lambda row: row["_row_number"])
    ]


def cell(driver: Driver, label: str, text: str, name: str, others: list[list[str]] | None = None) -> Any:
    """What one cell becomes; `others` are rows that give evidence of the locale."""
    header, row = list(HEADER), list(ONE)
    if label in header:
        row[header.index(label)] = text
    else:
        header.append(label)
        row.append(text)
    seen = driver.see("report.csv", dressed([header, row, *(others or [])]))
    found = rows(seen, names=name)
    return found[0][0] if found else (seen.outcome, seen.reason)


# --- 0.1 bytes to text ------------------------------------------------------------------------------------------------

BYTES = {
    "0.1.1 FF FE is UTF-16 little endian, whatever the ending": dressed(
        encoding="utf-16-le", mark=b"\xff\xfe", delimiter="\t"
    ),
    "0.1.1 FE FF is UTF-16 big endian": dressed(encoding="utf-16-be", mark=b"\xfe\xff"),
    "0.1.1 EF BB BF is UTF-8 and is stripped": dressed(mark=b"\xef\xbb\xbf"),
    "0.1.1 PK under .csv is a zip": zipped({"report.csv": dressed()}),
    "0.1.1 PK under .csv is a workbook": dressed(container="xlsx"),
    "0.1.1 D0 CF under .csv is an .xls": dressed(container="xls"),
    "0.1.1 1F 8B under .csv is a gzip": gzip.compress(dressed()),
    "0.1.3 LF": dressed(eol="\n"),
    "0.1.3 CRLF": dressed(eol="\r\n"),
    "0.1.3 CR": dressed(eol="\r"),
    "0.1.3 mixed line ends": dressed().replace(b"\n", b"\r\n", 1),
    "0.1.4 sep=, sets the delimiter": dressed(sep_line=True),
    "0.1.4 sep=; sets the delimiter": dressed(sep_line=True, delimiter=";"),
    "0.1.4 sep=TAB sets the delimiter": dressed(sep_line=True, delimiter="\t", encoding="utf-16-le", mark=b"\xff\xfe"),
    "0.1.4 sep=\\t written out": b"sep=\\t\n" + dressed(delimiter="\t"),
    "0.1.4 sep= in quotes, padded": b'"sep=,",,,\n' + dressed(),
}


@pytest.mark.parametrize("rule", BYTES)
def test_bytes(driver: Driver, rule: str) -> None:
    assert rows(driver.see("report.csv", BYTES[rule])) == BOTH


def test_0_1_2_strict_utf8_then_only_the_fallback_of_the_contract(driver: Driver) -> None:
    name = "Bränd – Größe"
    header = "Id,IsDeleted,Name,StageName,Amount,Probability,CloseDate,CurrencyIsoCode,CreatedDate\n"
    body = f"006A00000000001AAA,0,{name},Closed Won,5,100,2026-01-05,EUR,2026-01-05 10:00:00\n"
    seen = driver.see("Opportunity.csv", (header + body).encode("cp1252"))
    assert rows(seen, "crm_opportunities", "opportunity_name") == [(name,)]
    assert any("fallback" in note for note in seen.tables[0].notes)
    campaigns = (FILES / "mailchimp_campaigns/resaved_macroman.csv").read_bytes()
    assert rows(driver.see("campaigns.csv", campaigns), "email_campaigns", "campaign_name")[0][0].isprintable()
    # The usual fallback is a Western page whose letters read well; nothing is read with replaced letters.
    seen = driver.see("report.csv", dressed().replace(b"Brand", "Bränd".encode("cp1252")))
    assert rows(seen, names="campaign_name")[0] == ("Bränd",)
    assert any("not UTF-8" in note for note in seen.tables[0].notes)
    seen = driver.see("report.csv", dressed().replace(b"Brand", "Бренд".encode("cp1251")))
    assert (seen.outcome, seen.reason) == ("refused", "wrong_encoding")


def test_0_1_5_raw_bytes_and_their_hash_are_kept_untouched(home: Home) -> None:
    content = dressed(encoding="utf-16-le", mark=b"\xff\xfe", sep_line=True, preamble=("A title",))
    home.drop("report.csv", content).load()
    sha = hashlib.sha256(content).hexdigest()
    assert [path.read_bytes() for path in home.settings.archive.rglob(f"*{sha}*/*") if path.name != "record.json"] == [
        content
    ]
    assert home.batches()[0]["file_sha256"] == sha


# --- 0.2 the table ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lines", [0, 1, 2, 5, 10, 28], ids=lambda n: f"0.2 preamble of {n} lines")
def test_0_2_the_header_is_found_below_any_preamble(driver: Driver, lines: int) -> None:
    assert rows(driver.see("report.csv", dressed(preamble=tuple(f"Line {n}" for n in range(lines))))) == BOTH


def test_0_2_no_header_in_the_first_30_lines_is_refused(driver: Driver) -> None:
    seen = driver.see("report.csv", dressed(preamble=tuple(f"Line {n}" for n in range(31))))
    assert (seen.outcome, seen.reason) == ("refused", "unknown_kind")
    without = driver.see("report.csv", dressed().replace(b"Cost", b"Note"))
    assert without.reason == "unknown_kind"
    assert "Cost" in without.message


def test_0_2_empty_report_wrong_file_and_damaged_file_are_three_outcomes(driver: Driver) -> None:
    found = {
        name: (seen.outcome, seen.reason)
        for name, content in {
            "header only": dressed([HEADER]),
            "preamble only": (FILES / "linkedin_ads/empty.csv").read_bytes(),
            "another kind": b"Row Type,Action,Ad group,Campaign\nAd group,Edit,A,Brand\n",
            "no kind": b"plant,height\nfern,12\n",
            "cut": dressed([HEADER, ONE, TWO], container="gzip")[:-12],
        }.items()
        if (seen := driver.see("report.csv", content))
    }
    assert found == {
        "header only": ("empty_report", "header_only"),
        "preamble only": ("empty_report", "header_only"),
        "another kind": ("refused", "wrong_kind"),
        "no kind": ("refused", "unknown_kind"),
        "cut": ("refused", "damaged_zip"),
    }


def test_0_2_stacked_tables_are_tables_of_their_own(driver: Driver) -> None:
    seen = driver.see("Follows.csv", (FILES / "meta_page_insights/Follows.csv").read_bytes())
    assert [(table.rows_loaded, table.facts["platform"]) for table in seen.tables] == [
        (2, "facebook"),
        (1, "instagram"),
    ]


def test_0_2_a_second_table_below_is_counted_and_a_gap_in_the_first_is_none(driver: Driver) -> None:
    # GA4 and its forerunner write a table by day below the first; a blank line by hand must not cost a row.
    text = "Session source / medium,Sessions\na / b,5\n\nc / d,7\n\nDay Index,Sessions\n10/1/26,3\n10/2/26,9\n"
    given = {"period_start": "2026-10-01", "period_end": "2026-10-02", "account_id": "a"}
    table = driver.see("data-export.csv", text.encode(), given).tables[0]
    assert (table.rows_in, table.rows_loaded, table.dropped) == (5, 2, {"other_table": 3})


def test_0_2_short_rows_are_padded_and_longer_ones_rejected(driver: Driver) -> None:
    seen = driver.see("report.csv", dressed([HEADER, ONE, TWO[:6], [*TWO, "x"], [*ONE, "", ""]]))
    assert rows(seen) == [BOTH[0], ("2026-10-02", "20.250000", 500, None), BOTH[0]]
    assert (seen.outcome, seen.tables[0].rows_rejected) == ("loaded_with_rejects", 1)


def test_0_2_a_longer_row_is_legal_where_the_contract_says_so(driver: Driver) -> None:
    # The grand total of a GA4 exploration has one cell more than the header.
    seen = driver.see("download.csv", (FILES / "ga4_report/download.csv").read_bytes())
    assert (seen.outcome, seen.tables[0].dropped) == ("loaded", {"grand_total": 1})


def test_0_2_a_lone_carriage_return_in_a_cell_does_no_harm_on_the_slow_way(driver: Driver) -> None:
    # The last row is too long, so that the rows go through the normaliser.
    table = [HEADER, [ONE[0], "a\rb", *ONE[2:]], [*TWO, "x"]]
    seen = driver.see("report.csv", dressed(table, quote_all=True))
    assert rows(seen, names="campaign_name") == [("a\rb",)]


def test_0_2_quoted_cells_contain_line_ends(driver: Driver) -> None:
    names = ["a\nb", 'say "x"\r\n\r\n2026-10-02,Fake,1,EUR,1,1,1', "c"]
    table = [HEADER, *([ONE[0], name, *ONE[2:]] for name in names)]
    assert rows(driver.see("report.csv", dressed(table)), names="campaign_name") == [(name,) for name in names]


# --- 0.3 labels -------------------------------------------------------------------------------------------------------

LABELS = {
    "0.3 a mark in the first label": ("Day", "\ufeffDay"),
    "0.3 quotes around a label": ("Campaign", '"Campaign"'),
    "0.3 a soft hyphen": ("Campaign", "Cam\u00adpaign"),
    "0.3 U+00A0": ("Campaign ID", "Campaign\u00a0ID"),
    "0.3 U+202F": ("Currency code", "Currency\u202fcode"),
    "0.3 white space is collapsed": ("Campaign ID", " Campaign  \t ID "),
    "0.3 a trailing space": ("Clicks", "Clicks "),
    "0.3 upper and lower case": ("Campaign ID", "CAMPAIGN id"),
}


@pytest.mark.parametrize("rule", LABELS)
def test_labels(driver: Driver, rule: str) -> None:
    plain, written = LABELS[rule]
    header = [written if label == plain else label for label in HEADER]
    seen = driver.see("report.csv", dressed([header, ONE, TWO], quote_all=True))
    assert rows(seen) == BOTH
    assert rows(seen, names="campaign_name campaign_id currency")[0] == ("Brand", "101", "EUR")


def test_0_3_spaces_of_every_kind_in_date_cells(driver: Driver) -> None:
    days = ["2026-10-01", "\u00a02026-10-02", "2026-10-03\u202f", " 2026-10-04 "]
    seen = driver.see("report.csv", dressed([HEADER, *([day, *ONE[1:]] for day in days)]))
    assert rows(seen, names="date") == [("2026-10-01",), ("2026-10-02",), ("2026-10-03",), ("2026-10-04",)]


def test_0_3_the_first_of_two_equal_labels_counts_and_a_difference_is_told(driver: Driver) -> None:
    header = [*HEADER, "Clicks"]
    same = driver.see("report.csv", dressed([header, [*ONE, "12"], [*TWO, ""]]))
    other = driver.see("report.csv", dressed([header, [*ONE, "12"], [*TWO, "7"]]))
    assert rows(same) == rows(other) == BOTH
    assert not any("twice" in note for note in same.tables[0].notes)
    assert any("'Clicks' stands twice" in note and "1 of 2" in note for note in other.tables[0].notes)
    assert '"Clicks__2":"7"' in other.tables[0].entities["ads_performance"][1]["extra"]


def test_0_3_unknown_columns_go_to_extra(driver: Driver) -> None:
    seen = driver.see("report.csv", dressed([[*HEADER, "Mood"], [*ONE, "fine"], [*TWO, ""]]))
    assert rows(seen, names="extra") == [('{"Mood":"fine"}',), (None,)]


def test_0_3_language_is_a_property_of_the_file(driver: Driver) -> None:
    german = [["Tag", "Kampagne", "Kosten", "Impr.", "Klicks"], ["2026-10-01", "Marke", "1.234", "2.000", "7"]]
    seen = driver.see("bericht.csv", dressed(german, delimiter=";"))
    assert rows(seen) == [("2026-10-01", "1234.000000", 2000, 7)]
    assert any("language de" in note for note in seen.tables[0].notes)


# --- 0.4 nulls --------------------------------------------------------------------------------------------------------

NULLS = ["", "--", " --", "-", "- ", " - ", "\t-", "N/A", "n/a", "NAN", "NaN", "undefined", "—", "#N/A"]


@pytest.mark.parametrize("token", NULLS, ids=lambda token: f"0.4 {token!r}")
def test_0_4_null_is_not_zero(driver: Driver, token: str) -> None:
    seen = driver.see("report.csv", dressed([HEADER, [*ONE[:4], token, token, token], TWO]))
    assert rows(seen) == [("2026-10-01", None, None, None), BOTH[1]]
    assert seen.outcome == "loaded"


@pytest.mark.parametrize("zero", ["0", "0.00", "0.0", "-0", " 0 "], ids=lambda token: f"0.4 {token!r} is zero")
def test_0_4_zero_is_not_null(driver: Driver, zero: str) -> None:
    assert cell(driver, "Cost", zero, "spend") == "0.000000"


def test_0_4_not_set_stays_a_text_of_a_dimension(driver: Driver) -> None:
    assert cell(driver, "Campaign", "(not set)", "campaign_name") == "(not set)"


def test_0_4_the_empty_lookup_of_salesforce_is_null(driver: Driver) -> None:
    content = (FILES / "salesforce_weekly_export/Opportunity.csv").read_bytes()
    assert content.count(b"000000000000000AAA") == 2
    for row in driver.see("Opportunity.csv", content).tables[0].entities["crm_opportunities"]:
        assert "000000000000000AAA" not in row.values()


# --- 0.5 numbers ------------------------------------------------------------------------------------------------------

COMMA = [["2026-10-03", "Brand", "101", "EUR", "9,36", "1", "1"]]
NUMBERS = {
    "0.5 1,234.56 quoted": ("Cost", "1,234.56", None, "1234.560000"),
    "0.5 48682.72 ungrouped beside grouped counts": (
        "Cost",
        "48682.72",
        [[*TWO[:5], "1,606,880", "5"]],
        "48682.720000",
    ),
    "0.5 1.234,56": ("Cost", "1.234,56", None, "1234.560000"),
    "0.5 9,36": ("Cost", "9,36", None, "9.360000"),
    "0.5 6.2527773973 in a decimal-comma file": ("Cost", "6.2527773973", COMMA, "6.252777"),
    "0.5 a symbol before": ("Cost", "$26,064.74", None, "26064.740000"),
    "0.5 US$0.00": ("Cost", "US$0.00", None, "0.000000"),
    "0.5 CA$0.00": ("Cost", "CA$0.00", None, "0.000000"),
    "0.5 a symbol behind": ("Cost", "12,50 €", None, "12.500000"),
    "0.5 376.0 for a count": ("Impr.", "376.0", None, 376),
    "0.5 121401.0 for a count": ("Impr.", "121401.0", None, 121401),
    "0.5 a count with a fraction is refused": ("Impr.", "1.5", None, ("refused", "most_rows_fail")),
    "0.5 eight decimals": ("Cost", "3.97272727", None, "3.972727"),
    "0.5 no hexadecimal": ("Impr.", "0x1F", None, ("refused", "most_rows_fail")),
    "0.5 no digits of other scripts": ("Impr.", "٣٤٥", None, ("refused", "most_rows_fail")),
    "0.5 a thousand of a decimal-comma file": ("Cost", "1.234", COMMA, "1234.000000"),
    "0.5 a thousand of a decimal-point file": ("Impr.", "1,234", [TWO], 1234),
}


@pytest.mark.parametrize("rule", NUMBERS)
def test_numbers(driver: Driver, rule: str) -> None:
    label, text, others, expected = NUMBERS[rule]
    name = {"Cost": "spend", "Impr.": "impressions"}[label]
    row = {"Cost": 4, "Impr.": 5}[label]
    header, one = list(HEADER), [*ONE[:4], "", "1", "1"]
    one[row] = text
    seen = driver.see("report.csv", dressed([header, one, *(others or [])]))
    found = rows(seen, names=name)
    assert (found[0][0] if found else (seen.outcome, seen.reason)) == expected


def test_0_5_the_locale_is_never_decided_per_cell(driver: Driver) -> None:
    # 9,36 can only be a decimal comma: so 1.234 is a thousand in every column, and 1.234.5 is nothing.
    table = [HEADER, *([f"2026-10-0{n}", "B", "1", "EUR", *cells] for n, cells in enumerate(
        [("9,36", "1.234", "1"), ("1.234", "10.000", "2"), ("5,5", "1", "3"), ("1.234.5", "1", "4")], 1))]  # fmt: skip
    seen = driver.see("report.csv", dressed(table))
    assert rows(seen) == [
        ("2026-10-01", "9.360000", 1234, 1), ("2026-10-02", "1234.000000", 10000, 2), ("2026-10-03", "5.500000", 1, 3),
    ]  # fmt: skip
    assert seen.tables[0].rows_rejected == 1


def test_0_5_one_odd_cell_does_not_turn_the_locale(driver: Driver) -> None:
    # Two cells can only have a decimal point; "5,5" is damage, and 12.345 must not become twelve thousand.
    table = [HEADER, ONE, TWO, [*ONE[:4], "12.345", "1", "1"], [*ONE[:4], "5,5", "1", "1"]]
    seen = driver.see("report.csv", dressed(table))
    assert rows(seen, names="spend") == [("1234.500000",), ("20.250000",), ("12.345000",)]
    assert seen.tables[0].rows_rejected == 1


def test_0_5_an_open_locale_is_told(driver: Driver) -> None:
    seen = driver.see("report.csv", dressed([HEADER, [*ONE[:4], "1.234", "5", "5"]]))
    assert rows(seen, names="spend") == [("1.234000",)]
    assert any("the cells leave it open" in note for note in seen.tables[0].notes)


def test_0_5_the_order_of_day_and_month_is_one_for_the_file(driver: Driver) -> None:
    days = ["03/04/2026", "13/04/2026", "15/04/2026", "04/14/2026"]
    table = [["Gregorian date", "Account name", "Campaign name", "Campaign ID", "Impressions", "Clicks", "Spend"]]
    table += [[day, "Acme", "Brand", "[7]", "10", "1", "2.50"] for day in days]
    seen = driver.see("Daily.csv", dressed(table))
    # 13/04 can only be the 13th of April: 03/04 is the 3rd of April, and 04/14 is no date of this file.
    assert rows(seen, names="date") == [("2026-04-03",), ("2026-04-13",), ("2026-04-15",)]
    assert seen.tables[0].rows_rejected == 1


# --- 0.6 ids ----------------------------------------------------------------------------------------------------------

IDS = {
    "0.6 ids are texts": ("00123", "00123"),
    "0.6 18 digits stay": ("120253012345678901", "120253012345678901"),
    "0.6 brackets": ("[82945799304067]", "82945799304067"),
    "0.6 brackets between blanks": (" [82945799304067] ", "82945799304067"),
    '0.6 ="…"': ('="829"', "829"),
    "0.6 a leading apostrophe": ("'829", "829"),
    "0.6 a leading space before a dash": (" -L31PdnCO7A", "-L31PdnCO7A"),
    "0.6 a rounded id is refused": ("1.20253E+17", ("refused", "damaged_ids")),
    "0.6 a rounded id with a decimal comma is refused": ("1,20253E+17", ("refused", "damaged_ids")),
}


@pytest.mark.parametrize("rule", IDS)
def test_ids(driver: Driver, rule: str) -> None:
    text, expected = IDS[rule]
    assert cell(driver, "Campaign ID", text, "campaign_id") == expected


def test_0_6_prefixes_of_lead_ads_are_stripped(driver: Driver) -> None:
    content = (FILES / "meta_lead_ads/leads.csv").read_bytes()
    table = driver.see("leads.csv", content).tables[0]
    values = [value for entity in table.entities.values() for row in entity for value in row.values()]
    assert not [value for value in values if isinstance(value, str) and value[:2] in ("l:", "c:", "f:")]


def test_0_6_the_same_content_under_another_name_is_the_same_file(home: Home) -> None:
    content = (FILES / "meta_business_content/May-25-2026_Jun-21-2026_1493633672508178.csv").read_bytes()
    home.drop("May-25-2026_Jun-21-2026_1493633672508178.csv", content)
    home.drop("May-25-2026_Jun-21-2026_9990000000000000.csv", content).load()
    assert len(home.batches()) == 1
    assert len(home.rows("social_posts", "post_id")) == 2


# --- 0.7 periods, versions, totals ------------------------------------------------------------------------------------


def test_0_7_what_the_file_says_about_its_export_wins_over_its_name_and_time(driver: Driver) -> None:
    content = (FILES / "linkedin_ads/account_508112233_creative_performance_report.csv").read_bytes()
    said = driver.see("account_1_creative_performance_report_2020-01-01.csv", content, {"account_id": "a"})
    assert rows(said, names="_exported_at")[0] == ("2026-09-24 12:40:00",)
    named = driver.see("report 2026-11-03.csv", dressed(), {"account_id": "a"})
    assert rows(named, names="_exported_at")[0] == ("2026-11-03 23:59:59",)
    inside = driver.see("report.csv", dressed(), {"account_id": "a"})
    assert rows(inside, names="_exported_at")[0] == ("2026-10-02 23:59:59",) or "modification" in str(inside.tables)


def test_0_7_sums_of_a_period_are_never_days(driver: Driver) -> None:
    aggregate = driver.see("aggregate.csv", (FILES / "linkedin_ads/aggregate.csv").read_bytes())
    assert list(aggregate.tables[0].entities) == ["ads_period"]
    weekly = driver.see("weekly.csv", (FILES / "microsoft_ads/weekly.csv").read_bytes())
    assert list(weekly.tables[0].entities) == ["ads_period"]
    unknown = driver.see("all_time.csv", (FILES / "google_ads_ui_table/all_time.csv").read_bytes())
    assert (unknown.outcome, unknown.reason) == ("refused", "unknown_period")


@pytest.mark.parametrize(
    ("total", "differs"), [("1254.75", False), ("1254.76", False), ("1254.80", True)], ids=lambda value: f"0.7 {value}"
)
def test_0_7_total_rows_are_kept_aside_and_reconciled(driver: Driver, total: str, differs: bool) -> None:
    # Two rows of 1234.50 and 20.25; the tolerance is 0.005 x (2 + 1) = 0.015.
    header = ["Campaign status", "Campaign", "Currency code", "Cost", "Impr.", "Clicks"]
    lines = [
        ["Campaign report"],
        ["July 1, 2026 - July 31, 2026"],
        header,
        ["Enabled", "A", "EUR", "1234.50", "1000", "12"],
        ["Enabled", "B", "EUR", "20.25", "500", "5"],
        ["Total: Campaigns", "--", "EUR", total, "1500", "17"],
    ]
    seen = driver.see("Campaign report.csv", write(lines, 2, Dress(), "")[1])
    table = seen.tables[0]
    assert (table.rows_in, table.rows_loaded, table.dropped) == (3, 2, {"total_rows": 1})
    assert any("differs from the rows" in note for note in table.notes) is differs


# --- 0.8 damage seen in the wild --------------------------------------------------------------------------------------

META = [
    "Post ID",
    "Page ID",
    "Page name",
    "Title",
    "Publish time",
    "Permalink",
    "Post type",
    "Views",
    "Reach",
    "Reactions",
]
POST = ["122100000000001", "104882390011223", "Brightloom", "A, b", "05/26/2026 12:59", "https://www.facebook.com/1",
        "Photos", "1200", "900", "40"]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        write([META, POST], 0, Dress(), "")[1],
        write([META, POST], 0, Dress(wrapped=True), "")[1],
        write([META, POST], 0, Dress(wrapped=True, quote_all=True, eol="\r\n"), "")[1],
        write([META, [cell.replace(",", "") for cell in POST]], 0, Dress(wrapped=True), "")[1],
    ],
    ids=[
        "0.8 as exported",
        "0.8 csv inside csv",
        "0.8 csv inside csv, all quoted",
        "0.8 csv inside csv, nothing quoted",
    ],
)
def test_0_8_rows_quoted_as_one_cell_are_parsed_twice(driver: Driver, content: bytes) -> None:
    seen = driver.see("May-25-2026_Jun-21-2026_1.csv", content)
    assert rows(seen, "social_posts", "post_id impressions reach reactions") == [("122100000000001", 1200, 900, 40)]


INSIGHTS = "Facebook follows\nDate,Primary\n2026-10-25T00:00:00,3\n2026-10-26T00:00:00,5\n"
DAMAGED_INSIGHTS = {
    "0.8 delimiter changed to ; and the sep line lost, title padded": INSIGHTS.replace(",", ";").replace(
        "follows\n", "follows;\n"
    ),
    "0.8 delimiter changed to TAB and CRLF, sep=\\t, blank line a lone TAB": "sep=\\t\n\t\n"
    + INSIGHTS.replace(",", "\t").replace("\n", "\r\n"),
}


@pytest.mark.parametrize("rule", DAMAGED_INSIGHTS)
def test_0_8_resaved_insights_load_as_the_export(driver: Driver, rule: str) -> None:
    plain = rows(driver.see("Follows.csv", INSIGHTS.encode()), "social_daily", "date value")
    assert plain == [("2026-10-25", "3.000000"), ("2026-10-26", "5.000000")]
    assert rows(driver.see("Follows.csv", DAMAGED_INSIGHTS[rule].encode()), "social_daily", "date value") == plain


def test_0_8_a_preamble_padded_with_delimiters(driver: Driver) -> None:
    content = b"# -----,,,,,,\n# Report,,,,,,\n,,,,,,\n" + dressed()
    assert rows(driver.see("report.csv", content)) == BOTH


@pytest.mark.parametrize("lines", [1, 2, 3, 5], ids=lambda n: f"0.8 {n} preamble lines deleted by hand")
def test_0_8_a_preamble_deleted_by_hand(driver: Driver, lines: int) -> None:
    text = (FILES / "linkedin_ads/account_508112233_creative_performance_report.csv").read_bytes().decode("utf-16")
    cut = "\n".join(text.split("\n")[lines:])
    seen = driver.see("account_1_creative_performance_report.csv", b"\xff\xfe" + cut.encode("utf-16-le"))
    assert rows(seen, names="spend") == [("1234.500000",), ("10.250000",), ("5.000000",)]


def test_0_8_decimals_turned_into_dates_are_refused(driver: Driver) -> None:
    content = dressed([HEADER, *([*ONE[:4], "17.юни", "1", "1"] for _ in range(3))], delimiter=";", eol="\r\n")
    assert driver.see("report.csv", content).outcome == "refused"
    coded = content.decode().encode("cp1251")
    seen = driver.see("report.csv", coded)
    assert (seen.outcome, seen.reason) == ("refused", "wrong_encoding")


def test_0_8_labels_typed_again(driver: Driver) -> None:
    content = (FILES / "mailchimp_campaigns/resaved_macroman.csv").read_bytes()
    seen = driver.see("campaigns.csv", content)
    assert (seen.outcome, seen.tables[0].contract.contract) == ("loaded", "mailchimp__campaigns")


@pytest.mark.parametrize(
    ("name", "container"),
    [
        ("report.csv", "xlsx"),
        ("report.xlsx", "text"),
        ("report.csv.xls", "text"),
        ("report.xls", "xlsx"),
        ("report", "zip"),
    ],
    ids=lambda value: f"0.8 {value}",
)
def test_0_8_the_wrong_ending(driver: Driver, name: str, container: str) -> None:
    content = dressed(container=container)
    assert rows(driver.see(name, content)) == BOTH


# --- 0.9 text ---------------------------------------------------------------------------------------------------------


def test_0_9_texts_stay_as_they_are(driver: Driver) -> None:
    bold = "𝐒𝐩𝐫𝐢𝐧𝐠 – 13–17 ﬁ"
    assert cell(driver, "Campaign", bold, "campaign_name") == bold


def test_0_9_entities_in_texts_of_x_are_unescaped(driver: Driver) -> None:
    name = "tweet_activity_metrics_brightloom_20220201_20220301_en.csv"
    content = (FILES / "x_analytics" / name).read_bytes()
    ((text,),) = rows(driver.see(name, content), "social_posts", "post_text")
    assert text.startswith("Looms & more")


def test_0_9_nothing_runs_when_it_is_opened(home: Home) -> None:
    lines = [HEADER, ONE, TWO, *(["2026-02-31", text, "1", "EUR", "1", "1", "1"] for text in ("=1+1", "@x"))]
    home.drop("report.csv", dressed(lines)).load()
    kept = next((home.settings.quarantine / "rows").glob("*.csv")).read_text(encoding="utf-8-sig")
    assert "'=1+1" in kept
    assert "'@x" in kept


def test_0_1_1_a_zip_in_a_zip_and_a_stream(driver: Driver) -> None:
    sink = io.BytesIO(zipped({"a/inner.zip": zipped({"report.csv": dressed()})}))
    assert rows(driver.see("report.zip", sink.getvalue())) == BOTH
