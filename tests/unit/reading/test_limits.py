"""Limits and tricks: each refusal names the limit, what was found and how to raise it; no trick reaches anything."""

from __future__ import annotations

import gzip
import io
import os
import stat
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from funnelhouse.contracts.reasons import Refused
from funnelhouse.extract.replay import Selection, replay
from funnelhouse.limits import Limits
from funnelhouse.reading import read_file as outcome
from funnelhouse.reading.bounds import bounded, check_time
from funnelhouse.reading.rows.load_table import Loader
from funnelhouse.settings import REPOSITORY, SettingsError, load_settings
from funnelhouse.store.quarantine import safe_name
from tests.unit.reading.conftest import GOOD, HEADER, OLD, Home
from tests.unit.reading.test_bad_input import PLAIN_SHEET, workbook, zipped


def limited(home: Home, **limits: int) -> Home:
    """The home under other limits."""
    return Home(replace(home.settings, limits=Limits(**limits)))


def other(text: str) -> str:
    """The good table about another campaign."""
    return GOOD.replace("Brand", text)


def nested(content: bytes, depth: int) -> bytes:
    for _ in range(depth):
        content = zipped({"inner.zip": content})
    return content


MEGABYTE = (HEADER + f"2026-10-01,{'Brand' * 200},101,EUR,1,1,1\n" * 1_200).encode()
WIDE = ",".join([*HEADER.strip().split(","), *(f"Extra {n}" for n in range(40))]) + "\n2026-10-01,Brand,101,EUR,5,7,1\n"
ROWS = PLAIN_SHEET + "\n2026-10-02,Brand,101,EUR,5,7" * 30

BEYOND: dict[str, tuple[dict[str, int], str, bytes, str, str]] = {
    # limits, name, content, setting that is named, what was found
    "size of a text": ({"file_mb": 1}, "big.csv", MEGABYTE, "FILE_MB", "1 MB"),
    "size of a packed text": ({"file_mb": 1}, "big.zip", zipped({"big.csv": MEGABYTE}), "FILE_MB", "1 MB"),
    "size of a gzip": ({"file_mb": 1}, "big.csv.gz", gzip.compress(MEGABYTE), "FILE_MB", "1 MB"),
    "size of everything": (
        {"total_mb": 2}, "all.zip", zipped({f"{n}.csv": MEGABYTE for n in range(3)}), "TOTAL_MB", "3 MB",
    ),
    "ratio": ({"ratio": 100}, "zeros.zip", zipped({"report.csv": bytes(40 << 20)}), "RATIO", "times"),
    "nesting": ({"nesting": 2}, "deep.zip", nested(zipped({"a.csv": GOOD.encode()}), 2), "NESTING", "3 deep"),
    "members": (
        {"members": 3}, "many.zip", zipped({f"{n}.csv": GOOD.encode() for n in range(4)}), "MEMBERS", "4 files",
    ),
    "columns of a text": ({"columns": 40}, "wide.csv", WIDE.encode(), "COLUMNS", "47 columns"),
    "columns of a sheet": ({"columns": 30}, "wide.xlsx", workbook(WIDE), "COLUMNS", "47 columns"),
    "rows of a sheet": ({"sheet_rows": 20}, "long.xlsx", workbook(ROWS), "SHEET_ROWS", "32 rows"),
    "cells of a sheet": ({"sheet_cells": 100}, "cells.xlsx", workbook(ROWS), "SHEET_CELLS", "cells"),
    "size of a workbook": (
        {"workbook_mb": 1}, "big.xlsx", workbook(PLAIN_SHEET, extra={"docProps/x.xml": " " * (2 << 20)}), "WORKBOOK_MB",
        "2 MB",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BEYOND)
def test_beyond_a_limit_is_refused_by_its_name_and_loads_once_the_limit_is_raised(home: Home, case: str) -> None:
    limits, name, content, setting, found = BEYOND[case]
    here = limited(home, **limits)
    here.drop(name, content).drop("good.csv", other("Good"))
    here.load()
    assert here.outcomes() == {name: ("refused", "too_large"), "good.csv": ("loaded", None)}
    message = here.ledger()[name]["message"]
    assert f"FUNNELHOUSE_MAX_{setting}" in message
    assert found in message
    if case == "ratio":
        return
    (change,) = replay(home.settings, Selection()).changes  # the home's own limits are the defaults
    assert change.why == "the limits changed"
    assert home.outcomes()[name][0] == "loaded", home.ledger()[name]["message"]


def test_a_bomb_inside_a_bomb_is_stopped_by_the_ratio_of_the_whole(home: Home) -> None:
    # Each layer packs 30 MB of zeros below what is free: only all of them together are beyond the ratio.
    inner = zipped({"a.csv": bytes(30 << 20)})
    home.drop("bomb.zip", zipped({f"{n}.zip": inner for n in range(4)})).load()
    assert home.outcomes()["bomb.zip"] == ("refused", "too_large")
    assert "FUNNELHOUSE_MAX_RATIO" in home.ledger()["bomb.zip"]["message"]


def sheet_xml(home: Home, name: str, xml: str) -> None:
    """A workbook whose one sheet is the given XML."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(PLAIN_SHEET))) as old, zipfile.ZipFile(result, "w") as new:
        for info in old.infolist():
            content = xml.encode() if info.filename == "xl/worksheets/sheet1.xml" else old.read(info)
            new.writestr(info, content)
    home.drop(name, result.getvalue())


SPREAD = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


@pytest.mark.parametrize(
    "cells",
    ['<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
     '<row><c r="A1"><v>1</v></c></row><row><c r="AB999999"><v>1</v></c></row>',
     '<row r="1"><c r="A1"><v>1</v></c></row><row r="999999999"><c r="B2"><v>1</v></c></row>',
     '<row><c r="A1"><v>1</v></c><c r="Z9999999"><v>1</v></c></row>'],
    ids=["last cell", "far cell in rows without number", "far row", "far cell in one letter"],
)  # fmt: skip
def test_a_far_cell_does_not_make_us_hold_the_whole_sheet(home: Home, cells: str) -> None:
    sheet_xml(home, "far.xlsx", SPREAD.format(cells))
    home.load()
    assert home.outcomes()["far.xlsx"] == ("refused", "too_large")


def test_entities_that_grow_are_refused_unread(home: Home) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    sheet_xml(
        home,
        "laughs.xlsx",
        f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>' + SPREAD.format("<row><c><v>&l9;</v></c></row>"),
    )
    home.load()
    assert home.outcomes()["laughs.xlsx"] == ("refused", "xlsx_unsafe")


# --- time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["9" * 600_000, "1," * 300_000, "- " * 300_000], ids=["digits", "cells", "words"])
@pytest.mark.parametrize("rest", ["", "\n" + GOOD], ids=["alone", "above a table"])
def test_a_line_of_a_megabyte_is_no_hang(home: Home, line: str, rest: str) -> None:
    """Patterns that look for facts or labels may take the square of a line's length: hours, here."""
    home.drop("long line.csv", line + rest).load()
    assert home.outcomes() == {"long line.csv": ("refused", "unknown_kind")}


@pytest.mark.parametrize("shift", range(2))
def test_a_refused_line_that_the_engine_quotes_cut_inside_a_character_loads(home: Home, shift: int) -> None:
    row = "2026-10-02," + "x" * shift + "\u00e9" * 6_000 + ",102,EUR"
    home.drop("long name.csv", GOOD + row + "\n").load()
    assert home.outcomes() == {"long name.csv": ("loaded", None)}


def test_a_slow_query_is_stopped_the_others_load_and_nothing_is_left(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = limited(home, seconds=1)
    loaded = Loader.load

    def slow(self: Loader, table: object, file: object) -> object:
        if file.file_name == "slow.csv":  # type: ignore[attr-defined]
            self.connection.execute(
                "create or replace temp table fh_slow as select count(*) from range(1000000000) a, range(1000) b"
            )
        return loaded(self, table, file)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(outcome.Loader, "load", slow)
        started = time.monotonic()
        here.drop("slow.csv", GOOD).drop("good.csv", other("Good")).load()
        assert time.monotonic() - started < 60
    assert here.outcomes() == {"slow.csv": ("refused", "timed_out"), "good.csv": ("loaded", None)}
    message = here.ledger()["slow.csv"]["message"]
    assert "1 seconds" in message
    assert "FUNNELHOUSE_MAX_SECONDS" in message
    assert list((here.settings.home / "work").iterdir()) == []
    assert len(replay(home.settings, Selection()).changes) == 1
    assert home.outcomes()["slow.csv"] == ("loaded", None)


def test_a_table_that_needs_too_much_memory_is_refused_by_that_name(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = limited(home, memory_mb=64)
    loaded = Loader.load

    def hungry(self: Loader, table: object, file: object) -> object:
        if file.file_name == "hungry.csv":  # type: ignore[attr-defined]
            self.connection.execute("create or replace temp table fh_big as select list(range) from range(50000000)")
        return loaded(self, table, file)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(outcome.Loader, "load", hungry)
        here.drop("hungry.csv", GOOD).drop("good.csv", other("Good")).load()
    assert here.outcomes() == {"hungry.csv": ("refused", "too_large"), "good.csv": ("loaded", None)}
    assert "64 MB" in here.ledger()["hungry.csv"]["message"]
    assert "FUNNELHOUSE_MAX_MEMORY_MB" in here.ledger()["hungry.csv"]["message"]


def test_a_slow_loop_is_stopped_too() -> None:
    with pytest.raises(Refused, match="FUNNELHOUSE_MAX_SECONDS"), bounded(Limits(seconds=1)):
        for _ in range(200):
            time.sleep(0.02)
            check_time()


def test_a_replay_that_runs_out_of_time_keeps_what_was_loaded(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.drop("good.csv", GOOD).load()
    before = home.batches()

    def late(*_: object) -> None:
        raise Refused("timed_out", "reading it took longer than the limit of 1 seconds")

    with monkeypatch.context() as patch:
        patch.setattr(outcome.Loader, "load", late)
        replay(home.settings, Selection(everything=True))
    assert home.outcomes()["good.csv"] == ("loaded", None)
    assert home.batches() == before


# --- names ------------------------------------------------------------------------------------------------------------


def special(mode: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        info = zipfile.ZipInfo("report.csv", (2026, 11, 1, 0, 0, 0))
        info.external_attr = (mode | 0o777) << 16
        made.writestr(info, "/etc/passwd")
    return stream.getvalue()


UNSAFE = {
    "parent folders": zipped({"a/../../report.csv": GOOD.encode()}),
    "parent folders with backslashes": zipped({"..\\..\\report.csv": GOOD.encode()}),
    "absolute name": zipped({"/tmp/report.csv": GOOD.encode()}),
    "drive": zipped({"C:\\report.csv": GOOD.encode()}),
    "network share": zipped({"\\\\server\\share\\report.csv": GOOD.encode()}),
    "symbolic link": special(stat.S_IFLNK),
    "device": special(stat.S_IFCHR),
    "pipe": special(stat.S_IFIFO),
    "overlong name": zipped({"a" * 2_000 + ".csv": GOOD.encode()}),
}


@pytest.mark.parametrize("case", UNSAFE)
def test_a_zip_with_a_name_that_is_no_plain_file_is_refused(home: Home, case: str) -> None:
    home.drop("trick.zip", UNSAFE[case]).load()
    assert home.outcomes()["trick.zip"] == ("refused", "unsafe_path")


def test_members_whose_names_differ_in_case_only_or_not_at_all_are_all_loaded(home: Home) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for number, name in enumerate(("Report.csv", "report.csv", "report.csv")):
            made.writestr(zipfile.ZipInfo(name, (2026, 11, 1, 0, 0, 0)), other(f"C{number}"))
    home.drop("case.zip", stream.getvalue()).load()
    assert home.outcomes()["case.zip"] == ("loaded", None)
    assert sorted(batch["table"] for batch in home.batches()) == ["Report.csv", "report.csv", "report.csv (2)"]
    assert home.rows("ads_performance", "distinct campaign_name") == [("C0",), ("C1",), ("C2",)]


@pytest.mark.parametrize("name", ["NUL.csv", "con", "aux.txt/COM1.csv"])
def test_device_names_inside_a_zip_are_only_names(home: Home, name: str) -> None:
    home.drop("device.zip", zipped({name: GOOD.encode()})).load()
    assert home.outcomes()["device.zip"] == ("loaded", None)


def test_names_that_turn_text_around_or_hide_in_it_are_shown_as_what_they_are(home: Home) -> None:
    home.drop("zip.zip", zipped({"report\u202evsc.exe\x1b[31m.csv": GOOD.encode()}))
    home.drop("plants\u202evsc\u200b.csv", "plant,height\nfern,12\n").load()
    (batch,) = home.batches()
    assert batch["table"] == "report\ufffdvsc.exe\ufffd[31m.csv"
    assert home.outcomes()["plants\ufffdvsc\ufffd.csv"] == ("refused", "unknown_kind")
    for path in [*home.settings.raw.rglob("*.json"), *home.settings.quarantine.rglob("*")]:
        assert "\u202e" not in path.name
        if path.is_file():
            assert not {"\u202e", "\x1b", "\u200b"} & set(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("content", [GOOD, "plant,height\nfern,12\n"], ids=["loaded", "refused"])
def test_a_file_name_that_is_no_text_or_very_long_is_no_trouble(home: Home, content: str) -> None:
    names = [b"caf\xe9.csv", ("é" * 124 + ".csv").encode(), b"tab\tand\nline.csv"]
    for number, name in enumerate(names):
        path = os.fsencode(home.settings.inbox) + b"/" + name
        Path(os.fsdecode(path)).write_text(content.replace("Brand", f"B{number}").replace("fern", f"f{number}"))
        os.utime(path, (OLD, OLD))
    home.load()
    assert set(home.outcomes()) == {"caf\ufffd.csv", "é" * 124 + ".csv", "tab\ufffdand\ufffdline.csv"}
    assert {result for result, _ in home.outcomes().values()} == {"loaded" if content == GOOD else "refused"}
    assert not any(path.is_file() for path in home.settings.inbox.rglob("*"))


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("NUL.csv", "_NUL.csv"), ("com1", "_com1"), ("...", "file"),
     ("a:b*c?.csv", "a_b_c_.csv"), ("\u202ex\x00.csv", "_x_.csv"), ("trailing. ", "trailing"),
     ("common.csv", "common.csv")],
)  # fmt: skip
def test_names_of_kept_files_suit_every_file_system(name: str, kept: str) -> None:
    assert safe_name(name) == kept


# --- settings ---------------------------------------------------------------------------------------------------------


def test_every_limit_is_a_setting_that_the_docs_name_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    docs = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    example = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
    for name, default in vars(Limits()).items():
        setting = f"FUNNELHOUSE_MAX_{name.upper()}"
        assert f"| `{setting}` | {default} |" in docs
        assert f"{setting}={default}\n" in example
        monkeypatch.setenv(setting, "7")
    assert set(vars(load_settings().limits).values()) == {7}


@pytest.mark.parametrize("value", ["0", "-1", "many"])
def test_a_limit_that_is_no_number_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("FUNNELHOUSE_MAX_SECONDS", value)
    with pytest.raises(SettingsError, match="FUNNELHOUSE_MAX_SECONDS"):
        load_settings()
