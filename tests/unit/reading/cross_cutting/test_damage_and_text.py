"""Rules that hold for every export, by their numbers: 0.8 damage seen in the wild; 0.9 text."""

from __future__ import annotations

import pytest

from tests.fuzz.dress import Dress, write
from tests.fuzz.driver import Driver
from tests.unit.reading.conftest import Home
from tests.unit.reading.cross_cutting.two_days import BOTH, FILES, HEADER, ONE, TWO, cell, dressed, rows

# --- 0.8 damage seen in the wild ---

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


# --- 0.9 text ---


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
