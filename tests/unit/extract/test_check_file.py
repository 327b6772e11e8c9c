"""`funnelhouse contract check`: every decision with its evidence, for any file, and nothing about people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from funnelhouse.cli import main
from funnelhouse.extract.check_file import check_file
from funnelhouse.extract.dry_run import inspect_file
from funnelhouse.reading.explanation.render import as_text
from funnelhouse.settings import Settings
from tests.unit.reading.conftest import GOOD, HEADER
from tests.unit.reading.test_bad_input import REFUSED, zipped

FILES = Path(__file__).parents[2] / "files"


def _check(settings: Settings, folder: Path, content: str | bytes, name: str = "file.csv") -> dict[str, Any]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return check_file(settings, path)


def _columns(explained: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {column["label"]: column for column in explained["tables"][0]["columns"]}


def test_every_decision_of_a_german_report_is_explained_with_its_evidence(settings: Settings) -> None:
    explained = check_file(settings, FILES / "google_ads_ui_table" / "Kampagnenbericht.csv")
    (member,), (table,) = explained["members"], explained["tables"]
    assert member["encoding"] == {"name": "utf-16-le", "evidence": "UTF-16 little endian byte order mark"}
    assert (member["delimiter"]["name"], member["header_row"]) == ("tab", 3)
    assert "tab 8 cells" in member["delimiter"]["evidence"]
    assert (member["chosen"]["contract"], member["chosen"]["language"]) == ("google_ads__ui_table", "de")
    # The same labels with a day would be the report editor's file: the nearest miss says just that.
    assert member["near_misses"][0]["contract"] == "google_ads__report_editor"
    assert "'Day'" in member["near_misses"][0]["why"]
    # Cost 1.234,56 of row and total, and 9,36 twice: four cells want a comma; 12.345 twice could be either.
    numbers = table["locale"]["numbers"]
    assert (numbers["style"], numbers["comma"]["cells"], numbers["either"]["cells"]) == ("comma", 4, 2)
    assert {fact["fact"]: fact["from"] for fact in table["facts"]}["period_start"] == "preamble"
    assert table["grain"]["is_period"] is True
    assert table["rows"] == {"in": 2, "loaded": 1, "rejected": 0, "dropped": {"total_rows": 1}}
    assert table["totals"][0]["differences"] == {}
    assert (
        _columns(explained)["Kosten"] | {"read": 1, "becomes": "spend", "example": ["1.234,56", "1234.560000"]}
        == (_columns(explained)["Kosten"])
    )


def test_cells_are_counted_per_column_and_bad_ones_shown_by_shape(settings: Settings, tmp_path: Path) -> None:
    # Five rows: two good ones, one bad cost, one empty cost (read as null, loads), one bad day.
    rows = "2026-10-03,Brand,101,EUR,Ann Lee,3,1\n2026-10-04,Brand,101,EUR,,3,1\n31.31.2026,Brand,101,EUR,1,3,1\n"
    explained = _check(settings, tmp_path, GOOD + rows)
    cost = _columns(explained)["Cost"]
    assert (cost["read"], cost["empty"], cost["unreadable"]) == (3, 1, 1)
    rejected = {entry["reason"]: entry for entry in explained["tables"][0]["rejected"]}
    assert rejected["bad_number"]["first_rows"] == [3]
    assert (rejected["bad_number"]["label"], rejected["bad_number"]["cell_shapes"]) == ("Cost", ["Aaa Aaa"])
    assert "Ann Lee" not in json.dumps(explained)
    assert (explained["outcome"], explained["would_load"]) == ("loaded_with_rejects", True)


def test_columns_nobody_names_and_personal_ones_are_explained_apart(settings: Settings) -> None:
    explained = check_file(settings, FILES / "hubspot" / "hubspot-crm-exports-all-contacts-2026-10-31.csv")
    columns = _columns(explained)
    assert columns["First Name"]["becomes"] == "dropped: personal"
    assert columns["Email"]["pii"] == "hash"
    assert (columns["Became a Lead Date"]["read"], columns["Became a Lead Date"]["unreadable"]) == (1, 0)
    assert columns["Favourite colleague"]["becomes"].startswith("dropped")
    assert "example" not in columns["Email"]


def test_an_unknown_file_shows_its_header_and_what_the_nearest_kinds_lack(settings: Settings, tmp_path: Path) -> None:
    explained = _check(
        settings, tmp_path, "Date;Campaign;Taps;Paid\n2026-10-03;Autumn;12;3,50\n2026-10-04;Autumn;9;1,50\n"
    )
    (member,) = explained["members"]
    assert member["header"]["labels"] == ["Date", "Campaign", "Taps", "Paid"]
    assert member["delimiter"]["name"] == "semicolon"
    assert all(miss["why"] for miss in member["near_misses"])
    assert (explained["would_load"], explained["reason"]) == (False, "unknown_kind")
    assert "contract new" in explained["to_do"]


def test_a_list_of_people_without_a_header_shows_none_of_them(settings: Settings, tmp_path: Path) -> None:
    people = "Ann Smith,ann.smith@example.com,+49 30 1234567\nBob Jones,bob.jones@example.com,+49 30 7654321\n"
    explained = _check(settings, tmp_path, people, "list of ann.smith@example.com.csv")
    for text in (json.dumps(explained), as_text(explained)):
        assert not [word for word in ("Ann", "Smith", "Bob", "example.com", "1234567", "7654321") if word in text]


@pytest.mark.parametrize("case", REFUSED)
def test_hostile_files_are_explained_like_any_other(settings: Settings, tmp_path: Path, case: str) -> None:
    name, content, reason = REFUSED[case]
    explained = _check(settings, tmp_path, content, name)
    assert (explained["outcome"], explained["reason"], explained["would_load"]) == ("refused", reason, False)
    assert reason in as_text(explained)
    assert len(explained["to_do"]) > 30


def test_the_verdict_is_that_of_a_dry_run_and_no_person_of_the_fixtures_is_named(settings: Settings) -> None:
    found = sorted(path for path in FILES.rglob("*.*") if path.suffix in (".csv", ".xlsx", ".zip"))[::5]
    assert len(found) > 12
    for path in found:
        explained, dry = check_file(settings, path), inspect_file(settings, path)
        assert (explained["outcome"], explained["reason"]) == (dry["outcome"], dry["reason"]), path.name
        assert [explained["rows"]["loaded"], explained["rows"]["rejected"]] == [
            dry["rows"]["loaded"],
            dry["rows"]["rejected"],
        ]
        assert "@" not in as_text(explained).replace("/@(", ""), path.name


def test_the_command_is_honest_by_its_exit_code_and_plain_without_a_terminal(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(GOOD)
    bad.write_text(HEADER.replace("Day", "Noday").replace("Cost", "Nocost") + "x,y,1,EUR,2,3,4\n")
    home = ["--home", str(settings.home)]
    for arguments, code in (([str(good)], 0), ([str(good), "--json"], 0), ([str(bad)], 1), ([str(tmp_path)], 1),
                            ([str(good), "--fact", "currency"], 1)):  # fmt: skip
        with pytest.raises(SystemExit) as left:
            main(["contract", "check", *arguments, *home])
        assert left.value.code == code, arguments
        printed = capsys.readouterr()
        assert "\x1b[" not in printed.out
        assert "Traceback" not in printed.err
        if "--json" in arguments:
            assert json.loads(printed.out)["tables"][0]["contract"] == "google_ads__report_editor"


def test_a_terminal_of_80_columns_is_enough(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    import io

    from rich.console import Console

    from funnelhouse.reading.explanation.render import print_explanation

    sink = io.StringIO()
    explained = check_file(settings, FILES / "hubspot" / "hubspot-crm-exports-all-contacts-2026-10-31.csv")
    print_explanation(Console(file=sink, width=80, force_terminal=True, color_system="standard"), explained)
    text = sink.getvalue()
    assert "\x1b[" in text
    assert "Restatement" in text


def test_a_defect_of_the_reader_is_explained_without_a_traceback(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("funnelhouse.extract.check_file.process", broken)
    explained = _check(settings, tmp_path, GOOD)
    assert explained["would_load"] is False
    assert "ZeroDivisionError in test_check_file.py" in explained["to_do"]


def test_an_archive_of_many_tables_is_a_list_and_only_trouble_is_explained_in_full(
    settings: Settings, tmp_path: Path
) -> None:
    folder = FILES / "salesforce_weekly_export"
    members = {name: (folder / name).read_bytes() for name in ("Account.csv", "Campaign.csv", "Case.csv", "Lead.csv")}
    explained = _check(settings, tmp_path, zipped(members | {"Odd.csv": b"plant,height\nfern,12\n"}), "WE_1.ZIP")
    assert (explained["outcome"], len(explained["tables"])) == ("loaded", 4)
    shown = as_text(explained)
    assert "Lead.csv" in shown
    assert "not_used" in shown
    assert "Recognition of Odd.csv" in shown
    assert "Restatement" not in shown
    assert "4 more tables: --all" in shown
