"""Rows, blocks and sheets that look like something else: totals by evidence, ranges, blocks nobody asked for."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from funnelhouse.extract.dry_run import inspect_file
from funnelhouse.settings import Settings
from tests.contracts.conftest import FILES

GOOGLE = 'Untitled report\n"July 1, 2026 - July 3, 2026"\nDay,Campaign,Currency code,Cost,Impr.,Clicks\n'


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return stream.getvalue()


def test_a_campaign_whose_name_begins_like_a_total_is_a_campaign(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        GOOGLE + "2026-07-01,Total fitness: spring,EUR,10.00,100,5\n2026-07-02,Gesamt: Herbst,EUR,11.00,100,5\n"
        "2026-07-03,Brand,EUR,12.00,100,5\nTotal: Account,,EUR,33.00,300,15\n,Total: Campaigns,EUR,33.00,300,15\n"
    )
    seen = inspect_file(settings, path)
    # The totals name no day: "Total: Account" stands where the day would.
    assert seen["rows"]["loaded"] == 3
    assert seen["sums"]["spend"] == "33"  # 10 + 11 + 12
    assert seen["outcome"] == "loaded"


@pytest.mark.parametrize(
    ("periods", "entity", "period"),
    [
        (("2026-01-01", "2026-01-02"), "ads_performance", {"start": "2026-01-01", "end": "2026-01-02"}),
        (("2026-01-01 - 2026-01-31",) * 2, "ads_period", {"start": "2026-01-01", "end": "2026-01-31"}),
        (("2026-01-01 to 2026-01-31",) * 2, "ads_period", {"start": "2026-01-01", "end": "2026-01-31"}),
    ],
)
def test_a_time_period_is_a_day_or_a_range(
    settings: Settings, tmp_path: Path, periods: tuple[str, str], entity: str, period: dict[str, str]
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "Time period,On/Off,Campaign ID,Campaign name,Impressions,Spend\n"
        f"{periods[0]},On,abc1,Spring,1000,12.50\n{periods[1]},On,abc2,Winter,2000,10.50\n"
    )
    seen = inspect_file(settings, path)
    assert (seen["entity"], seen["period"], seen["sums"]["spend"]) == (entity, period, "23")  # 12.50 + 10.50


def test_without_a_time_period_the_advice_names_that_column(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("On/Off,Campaign ID,Campaign name,Impressions,Spend\nOn,abc1,Spring,1000,12.50\n")
    seen = inspect_file(settings, path)
    assert seen["reason"] == "unknown_period"
    assert "'Time period'" in seen["message"]


def test_every_block_that_is_not_read_is_named(settings: Settings) -> None:
    seen = inspect_file(settings, FILES / "ga4_report/snapshot.csv")
    assert len(seen["tables"]) == 2
    [note] = [note for note in seen["notes"] if "is not read" in note]
    assert "Where do your new users come from?" in note
    assert "(1 rows)" in note


def test_the_formatted_sheet_of_a_workbook_is_not_counted_again(settings: Settings, tmp_path: Path) -> None:
    rows = [
        ["Campaign name", "Day", "Amount spent (EUR)", "Impressions", "Reporting starts", "Reporting ends"],
        ["Spring", "2026-03-01", 10.5, 1000, "2026-03-01", "2026-03-01"],
        ["Spring", "2026-03-02", 12.25, 1100, "2026-03-02", "2026-03-02"],
    ]
    path = tmp_path / "report.xlsx"
    path.write_bytes(workbook({"Formatted Report": rows, "Raw Data Report": rows}))
    seen = inspect_file(settings, path)
    assert (seen["rows"]["loaded"], seen["sums"]["spend"]) == (2, "22.75")  # 10.50 + 12.25
    assert any("Formatted Report" in note for note in seen["notes"])
    path.write_bytes(workbook({"Formatted Report": rows}))
    assert inspect_file(settings, path)["rows"]["loaded"] == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_zero_byte_far_behind_the_head_is_refused(settings: Settings, tmp_path: Path, encoding: str) -> None:
    rows = GOOGLE + "".join(f"2026-07-01,Brand {number},EUR,1.50,10,1\n" for number in range(9000))
    path = tmp_path / "a.csv"
    path.write_bytes((rows[:-500] + "\0" + rows[-500:]).encode(encoding))
    assert path.stat().st_size > 300_000
    seen = inspect_file(settings, path)
    assert (seen["outcome"], seen["reason"]) == ("refused", "not_text")


def test_the_delimiter_of_a_contract_counts(settings: Settings, tmp_path: Path) -> None:
    settings.make_folders()
    settings.user_contracts.mkdir(exist_ok=True)
    (settings.user_contracts / "own_ads__daily.yml").write_text(
        "contract: own_ads__daily\ntitle: Own ads\nsource: own_ads\nevidence: file\n"
        "detect: {required: [date, spend]}\nreading: {delimiter: ';'}\n"
        "fields:\n  date: {labels: [Tag], required: true}\n  spend: {labels: [Geld]}\n"
        "grain: {day: date}\noutputs: [{entity: ads_performance}]\nrestatement: upsert\n",
        encoding="utf-8",
    )
    path = tmp_path / "a.csv"
    path.write_text("Tag;Geld\n2026-10-01;1,50\n")
    assert inspect_file(settings, path)["sums"]["spend"] == "1.5"
    path.write_text("Tag,Geld\n2026-10-01,1.50\n")
    assert inspect_file(settings, path)["reason"] == "unknown_kind"


def test_what_is_no_sum_is_not_summed(settings: Settings) -> None:
    posts = inspect_file(settings, FILES / "klaviyo_flows/flows.csv")
    assert not [name for name in posts["sums"] if "rate" in name]
    days = inspect_file(settings, FILES / "tiktok/Business overview.csv")
    assert "value" not in days["sums"]  # views and likes do not add up
    assert "value[video_views]" in days["sums"]


def test_the_currency_of_a_column_is_told(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOGLE + "2026-07-01,A,EUR,10.00,100,5\n2026-07-02,B,CHF,11.00,100,5\n")
    assert inspect_file(settings, path)["tables"][0]["currency"] == "CHF, EUR"


@pytest.mark.parametrize(
    ("costs", "currency"),
    [
        (("1.234,50 €", "0,50 €"), "EUR"),
        (("CA$10.00", "CA$2.50"), "CAD"),
        (("$10.00", "$2.50"), None),  # of many countries
        (("US$10.00", "CA$2.50"), None),
        (("US$10.00", "$2.50"), None),
        (("10.00", "2.50"), None),
    ],
)
def test_a_sign_of_one_currency_names_it_where_nothing_else_does(
    settings: Settings, tmp_path: Path, costs: tuple[str, str], currency: str | None
) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f'2026-07-0{day},A,"{cost}",100,5\n' for day, cost in enumerate(costs, 1))
    path.write_text(GOOGLE.replace("Currency code,", "") + rows, encoding="utf-8")
    assert inspect_file(settings, path)["tables"][0]["currency"] == currency
    assert inspect_file(settings, path, {"currency": "GBP"})["tables"][0]["currency"] == "GBP"  # a person knows better


def test_a_first_line_alone_makes_no_empty_report(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('"Campaign report"\n"Name:","May"\n"Subject:","Hi"\n"Unsubscribed:","97 (2.49%)"\n')
    assert inspect_file(settings, path)["reason"] == "unknown_kind"


@pytest.mark.parametrize(
    ("days", "read"),
    [
        (("07/01/2026", "07/13/2026"), ("2026-07-01", "2026-07-13")),
        (("07/01/2026", "08/02/2026"), ("2026-07-01", "2026-08-02")),  # open: the header is English
        (("01/07/2026", "13/07/2026"), ("2026-07-01", "2026-07-13")),
    ],
)
def test_days_of_a_resaved_report_are_read_in_the_order_that_reads_all(
    settings: Settings, tmp_path: Path, days: tuple[str, str], read: tuple[str, str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOGLE + "".join(f"{day},A,EUR,10.00,100,5\n" for day in days))
    seen = inspect_file(settings, path)
    assert (seen["outcome"], seen["period"]) == ("loaded", {"start": "2026-07-01", "end": "2026-07-03"})
    assert [entry for entry in seen["notes"] if entry.startswith("dates of date")]
    path.write_text("".join(path.read_text().splitlines(keepends=True)[2:]))
    assert inspect_file(settings, path)["period"] == {"start": read[0], "end": read[1]}


def test_the_other_order_of_a_declared_format_needs_cells_that_only_it_can_read(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "flows.csv"
    header = "Day,Flow ID,Flow Message ID,Delivered,Unique Opens\n"
    path.write_text(header + "09/04/2025,F,M,100,50\n09/05/2025,F,M,100,50\n")
    [note] = [note for note in inspect_file(settings, path)["notes"] if note.startswith("dates of day")]
    assert "mdy (2 of 2" in note  # MM/DD/YYYY, as Klaviyo writes
    path.write_text(header + "04/09/2025,F,M,100,50\n13/09/2025,F,M,100,50\n14/09/2025,F,M,100,50\n")
    seen = inspect_file(settings, path)
    assert seen["rows"]["rejected"] == 0
    [note] = [note for note in seen["notes"] if note.startswith("dates of day")]
    assert "dmy, unlike the export itself (3 of 3" in note


@pytest.mark.parametrize(
    ("stated", "label", "days", "order", "read"),
    [
        # The report's own range decides what the header's language leaves open.
        ("May 1, 2026 - May 12, 2026", "Day", ("01/05/2026", "12/05/2026"), "dmy", ("2026-05-01", "2026-05-12")),
        ("May 1, 2026 - May 12, 2026", "Day", ("05/01/2026", "05/12/2026"), "mdy", ("2026-05-01", "2026-05-12")),
        # What starts a month is a first day, also where the file states no range.
        ("", "Month", ("01/04/2026", "01/05/2026"), "dmy", ("2026-04-01", "2026-05-31")),
        ("", "Month", ("4/1/2026", "5/1/2026"), "mdy", ("2026-04-01", "2026-05-31")),
        # With dots the day stands first; a spreadsheet's short style has years of two digits.
        ("", "Month", ("01.04.2026", "01.05.2026"), "dmy", ("2026-04-01", "2026-05-31")),
        ("", "Day", ("5/1/26", "5/13/26"), "mdy", ("2026-05-01", "2026-05-13")),
        ("", "Day", ("01.05.26", "12.05.26"), "dmy", ("2026-05-01", "2026-05-12")),
        # A range whose end can be no day of the header's order is one of the other.
        ("01/05/2026 - 31/05/2026", "Day", ("01/05/2026", "12/05/2026"), "dmy", ("2026-05-01", "2026-05-31")),
    ],
)
def test_numeric_days_are_read_as_the_days_that_they_can_be(
    settings: Settings,
    tmp_path: Path,
    stated: str,
    label: str,
    days: tuple[str, str],
    order: str,
    read: tuple[str, str],
) -> None:
    path = tmp_path / "a.csv"
    head = f'Campaign report\n"{stated}"\n{label},Campaign,Currency code,Cost,Impr.,Clicks\n'
    path.write_text(head + "".join(f"{day},A,EUR,10.00,100,5\n" for day in days))
    seen = inspect_file(settings, path)
    assert (seen["outcome"], seen["rows"]["rejected"], seen["sums"]["spend"]) == ("loaded", 0, "20")
    assert seen["entity"] == ("ads_period" if label == "Month" else "ads_performance")
    assert f": {order} (2 of 2" in next(note for note in seen["notes"] if note.startswith("dates of"))
    assert seen["period"] == {"start": read[0], "end": read[1]}


@pytest.mark.parametrize(("views", "read"), [("5.000", "5001"), ("5,000", "5001"), ("5000", "5001"), ("5.0", "6")])
def test_whole_numbers_grouped_by_a_mark_say_what_the_mark_is(
    settings: Settings, tmp_path: Path, views: str, read: str
) -> None:
    # A spreadsheet of a country with decimal commas groups by dots, whatever the language of the header.
    path = tmp_path / "a.csv"
    rows = f"2026-07-01;A;EUR;10;{views};5\n2026-07-02;A;EUR;11;1;300\n"
    path.write_text("Day;Campaign;Currency code;Cost;Impr.;Clicks\n" + rows)
    assert inspect_file(settings, path)["sums"]["impressions"] == read
    path.write_text(f"Post id;Date;Post Link;Impressions;Likes\n1;2026-05-01;x.com/1;{views};3\n2;2026-05-02;b;1;300\n")
    assert inspect_file(settings, path)["sums"]["impressions"] == read
