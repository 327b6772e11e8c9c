"""The rules that hold for every file, whatever the platform."""

from __future__ import annotations

import hashlib
import hmac
import io
import re
from itertools import product
from pathlib import Path

import duckdb
import pytest
from babel.dates import get_month_names

from funnelhouse.contracts.schema import FactPattern
from funnelhouse.extract.dry_run import inspect_file
from funnelhouse.reading.cells.dates import infer_years, names_two_days, parse_datetime
from funnelhouse.reading.cells.months import MONTHS
from funnelhouse.reading.cells.numbers import number_text
from funnelhouse.reading.cells.sql_values import first_characters, prepare, rate, seconds_in, whole
from funnelhouse.reading.container.sheets import cell_text
from funnelhouse.reading.facts import match_facts
from funnelhouse.sql import sql_text
from funnelhouse.text import label_keys
from tests.unit.reading.conftest import GOOD, HEADER, Home


@pytest.mark.parametrize(
    ("cell", "dot", "comma"),
    [
        ("1,234.56", "1234.56", None),
        ("1.234,56", None, "1234.56"),
        ("9,36", None, "9.36"),
        ("1,234", "1234", "1.234"),
        ("1.234", "1.234", "1234"),
        ("6.2527773973", "6.2527773973", "6.2527773973"),
        ("$26,064.74", "26064.74", None),
        ("US$0.00", "0.00", "0.00"),
        ("(12.50)", "-12.50", "-12.50"),
        ("\u2212" + "3", "-3", "-3"),
        ("1\u202f234,50", None, "1234.50"),
        ("1'234.50", "1234.50", "1234.50"),
        ("12 EUR", "12", "12"),
        ("1,23,456", "123456", None),
        ("-$5", "-5", "-5"),
        ("€-5", "-5", "-5"),
        ("5 zł", "5", "5"),
        ("0.00€12", None, None),
        ("5%5", None, None),
        pytest.param("9" * 2_000_000, None, None, id="two million digits"),
        ("twelve", None, None),
        ("", None, None),
    ],
)
def test_numbers_are_read_in_the_style_of_the_file(cell: str, dot: str | None, comma: str | None) -> None:
    assert number_text(cell, "dot") == dot
    assert number_text(cell, "comma") == comma


def test_counts_rates_durations_and_ids() -> None:
    connection = duckdb.connect()
    prepare(connection, b"k" * 32)

    def read(sql: str) -> list[object]:
        return list(connection.execute(f"select {sql}").fetchone() or ())

    assert [*read(whole("'376.0'", "dot")), *read(whole("'1.5'", "dot"))] == [376, None]
    assert read(rate("'12.5%'", "dot", "sign", False)) == [0.125]
    assert read(rate("'9.49'", "dot", "points", False)) == [0.0949]
    assert read(rate("'< 10%'", "dot", "sign", False)) == [0.1]
    assert [*read(seconds_in("'1:02:03'", "dot", 1)), *read(seconds_in("'1.5'", "dot", 60))] == [3723, 90]
    cells = ("[829]", '="12"', "'55", " -L31 ")
    assert read(", ".join(f"fh_id({sql_text(cell)})" for cell in cells)) == ["829", "12", "55", "-L31"]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("July 8, 2025", "2025-07-08T00:00:00"),
        ("27 January 2026", "2026-01-27T00:00:00"),
        ("23 september 2026 00:00", "2026-09-23T00:00:00"),
        ("September 23, 2026, 12:40 PM", "2026-09-23T12:40:00"),
        ("8 de marzo de 2024", "2024-03-08T00:00:00"),
        ("18 tháng Tám, 2026", "2026-08-18T00:00:00"),
        ("ngày 5 tháng 7 năm 2026", "2026-07-05T00:00:00"),
        ("2026年9月13日", "2026-09-13T00:00:00"),
        ("18 января 2026", "2026-01-18T00:00:00"),
        ("20230101", "2023-01-01T00:00:00"),
        ("31/02/2026", None),
        ("2026-10-01T10:00:00+99:99", None),
        ("no date", None),
    ],
)
def test_dates_in_the_languages_of_the_exports(text: str, iso: str | None) -> None:
    found = parse_datetime(text, "dmy")
    assert (found.isoformat() if found else None) == iso


def test_years_of_year_less_dates_count_back_from_the_export() -> None:
    from datetime import date

    found = infer_years(["November 30", "December 31", "January 1", "February 2"], "mdy", date(2026, 2, 5))
    assert [day.isoformat() for day in found.values()] == ["2026-02-02", "2026-01-01", "2025-12-31", "2025-11-30"]


def test_labels_are_compared_without_accidents_of_writing() -> None:
    assert label_keys(["\ufeffAuf\u00adru\u00adfe", "Día\u00a0N", '"Cost"', " cost ", ""]) == [
        "aufrufe", "día n", "cost", "cost__2", "",
    ]  # fmt: skip


def test_numbers_of_a_workbook_mean_the_same_in_every_locale() -> None:
    # 1.234 as text could be a grouped thousand; an id beyond 15 digits was rounded by the workbook
    assert [cell_text(cell) for cell in (1.234, 12.0, 0.5, True, 120253012345678901.0)] == [
        "1.2340", "12", "0.5", "true", "1.20253012345679E+17",
    ]  # fmt: skip


def test_hashes_are_keyed_and_the_same_for_every_spelling_of_an_address() -> None:
    with duckdb.connect() as connection:
        prepare(connection, b"k" * 32)
        (found,) = connection.execute("select fh_hash(' Jane@Example.COM ')").fetchone() or ("",)
    assert found == hmac.new(b"k" * 32, b"jane@example.com", hashlib.sha256).hexdigest()


def test_a_pattern_tells_the_characters_it_can_begin_with() -> None:
    assert first_characters("^(Total|Gesamt): ") == {"T", "G"}
    assert first_characters("^[©@] 20") == {"©", "@"}
    assert first_characters("Total") is None
    assert first_characters(r"^\d+") is None
    # (?i): "Total of 2" begins with no t
    assert first_characters("(?i)^total of") is None
    assert first_characters("^(?i:total) of") is None


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("2026-05-01 - 2026-05-31", True),
        ("05/01/2026-05/31/2026", True),
        ("May 1, 2026 - May 31, 2026", True),
        ("1 – 31 May 2026", True),
        ("May 1, 2026", False),
        ("Fri, 2 Oct 2026 12:00:00 GMT+2", False),
        ("mar 3 mar 2026", False),
        ("2026-05-01 10:00 - 11:00", False),
    ],
)
def test_a_range_of_days_is_no_day(text: str, several: bool) -> None:
    assert names_two_days(text) is several


PLAIN = GOOD.replace('"1,234.50"', "1234.50").replace('"1,000"', "1000")
GERMAN = "Tag;Kampagne;Kosten;Impr.;Klicks\n"


def test_the_locale_is_one_for_the_file(home: Home) -> None:
    # 1.234 is a thousand here, because 9,36 and 1.234,50 can only be decimal commas
    rows = "2026-10-01;A;9,36;1.234;5\n2026-10-02;A;1.234,50;2.000;7\n2026-10-03;A;12.5;1;1\n"
    home.drop("bericht.csv", GERMAN + rows).load()
    assert home.batches()[0]["sums"] == {"spend": "1256.36", "impressions": "3235", "clicks": "13"}


def test_without_evidence_the_language_of_the_header_decides(home: Home) -> None:
    home.drop("de.csv", GERMAN + "2026-10-01;A;1.234;5;5\n")
    home.drop("en.csv", HEADER + "2026-10-01,A,1,EUR,1.234,5,5\n").load()
    sums = {batch["file_name"]: batch["sums"]["spend"] for batch in home.batches()}
    assert sums == {"de.csv": "1234", "en.csv": "1.234"}


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe"
        + GOOD.replace(",", "\t").replace('"1\t234.50"', "1234.50").replace('"1\t000"', "1000").encode("utf-16-le"),
        b"\xfe\xff" + GOOD.encode("utf-16-be"),
        b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(),
        ("sep=;\n" + PLAIN.replace(",", ";")).encode(),
        ("Report,,,,,,\nSome note,,,,,,\n" + GOOD).encode(),
        "\n".join('"' + line.replace('"', '""') + '"' for line in GOOD.splitlines()).encode(),
        GOOD.replace("\n", ",,\n").encode(),
    ],
    ids=["utf-16 tab", "utf-16 big endian", "bom and crlf", "sep line", "padded preamble", "csv in csv", "padded rows"],
)
def test_every_dress_of_the_same_table_gives_the_same_rows(home: Home, content: bytes) -> None:
    home.drop("report.csv", content).load()
    assert home.rows("ads_performance", "date::varchar, spend::varchar, impressions, clicks") == [
        ("2026-10-01", "1234.500000", 1000, 12),
        ("2026-10-02", "20.250000", 500, 5),
    ]


def test_rows_that_share_a_key_but_differ_are_kept_apart_and_equal_ones_are_not(home: Home) -> None:
    two = "2026-10-01,Brand,,EUR,5,10,1\n2026-10-01,Brand,,EUR,7,20,2\n"
    same = "2026-10-01,Other,,EUR,3,1,1\n2026-10-01,Other,,EUR,3,1,1\n"
    home.drop("names.csv", HEADER + two + same).load()
    found = home.rows("ads_performance", "campaign_name, breakdown, spend::varchar")
    assert len({row[:2] for row in found if row[0] == "Brand"}) == 2
    assert len({row[:2] for row in found if row[0] == "Other"}) == 1


def test_unknown_columns_survive_without_personal_data(home: Home) -> None:
    header = HEADER.strip() + ",Note,E-mail,Owner phone\n"
    home.drop("extra.csv", header + "2026-10-01,A,1,EUR,1,2,3,write to a@b.org,c@d.org,+49 1\n").load()
    ((extra,),) = home.rows("ads_performance", "extra")
    assert extra == '{"Note":"write to [e-mail]"}'


def test_a_dry_run_explains_and_writes_nothing(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text(GOOD)
    before = sorted(home.settings.home.rglob("*"))
    found = inspect_file(home.settings, path, {"account_id": "A9"})
    assert sorted(home.settings.home.rglob("*")) == before
    assert (found["outcome"], found["contract"], found["entity"], found["account"]) == (
        "loaded", "google_ads__report_editor", "ads_performance", "A9",
    )  # fmt: skip
    assert found["rows"] == {"in": 2, "loaded": 2, "rejected": 0, "dropped": {}}
    assert found["sums"] == {"spend": "1254.75", "impressions": "1500", "clicks": "17"}
    assert found["period"] == {"start": "2026-10-01", "end": "2026-10-02"}
    assert any(note.startswith("encoding: utf-8") for note in found["notes"])
    assert inspect_file(home.settings, tmp_path / "absent.csv", {})["reason"] == "unreadable"


def test_a_zip_of_many_tables_names_the_members_it_does_not_know(home: Home, tmp_path: Path) -> None:
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("a/report.csv", GOOD)
        made.writestr("readme.txt", "nothing here")
        made.writestr("__MACOSX/._report.csv", "x")
    path = tmp_path / "all.zip"
    path.write_bytes(stream.getvalue())
    found = inspect_file(home.settings, path, {})
    assert found["outcome"] == "loaded"
    assert [table["table"] for table in found["tables"]] == ["a/report.csv"]
    assert any("readme.txt" in note for note in found["notes"])


def test_a_column_of_ranges_is_not_read_as_its_first_days(home: Home) -> None:
    rows = "".join(f"2026-0{m}-01 - 2026-0{m}-28,Brand,10{m},EUR,31.00,100,1\n" for m in (3, 4, 5))
    home.drop("google_ads/1-1-1/ranges.csv", HEADER + rows).load()
    assert home.rows("ads_performance", "date, spend") == []
    assert home.outcomes()["ranges.csv"][0] == "refused"


def test_the_second_line_that_matches_may_be_the_fact() -> None:
    patterns = [
        FactPattern(pattern=r": (?P<period_start>\d{8})$"),
        FactPattern(pattern=r": (?P<period_end>\d{8})$", occurrence=2),
    ]
    lines = ["# Dettagli", "# Inizio: 20260901", "# Fine: 20260930"]
    assert match_facts(patterns, lines) == {"period_start": "20260901", "period_end": "20260930"}
    assert match_facts(patterns, lines[:2]) == {"period_start": "20260901"}


def test_month_names_are_those_of_the_cldr() -> None:
    languages = ("en", "de", "es", "fr", "it", "nl", "pt", "vi", "ru", "pl", "tr", "cs", "sv", "da", "nb", "fi", "hu",
                 "ro", "id", "uk", "el", "bg")  # fmt: skip
    found = {"sept": 9}
    for language, context, width in product(languages, ("format", "stand-alone"), ("wide", "abbreviated")):
        for number, word in get_month_names(width, context, language).items():
            key = word.casefold().strip(". ")
            if re.fullmatch(r"[^\W\d_]+", key):
                found.setdefault(key, number)
    assert found == MONTHS
