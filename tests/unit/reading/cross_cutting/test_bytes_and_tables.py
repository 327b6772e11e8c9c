"""Rules that hold for every export, by their numbers: 0.1 bytes to text; 0.2 the table."""

from __future__ import annotations

import gzip
import hashlib
import io

import pytest

from tests.fuzz.dress import zipped
from tests.fuzz.driver import Driver
from tests.unit.reading.conftest import Home
from tests.unit.reading.cross_cutting.two_days import BOTH, FILES, HEADER, ONE, TWO, dressed, rows

# --- 0.1 bytes to text ---

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


def test_0_1_1_a_zip_in_a_zip_and_a_stream(driver: Driver) -> None:
    sink = io.BytesIO(zipped({"a/inner.zip": zipped({"report.csv": dressed()})}))
    assert rows(driver.see("report.zip", sink.getvalue())) == BOTH


# --- 0.2 the table ---


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
