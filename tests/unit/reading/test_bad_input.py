"""Bad input: a named reason, the file kept, and every other file still loaded."""

from __future__ import annotations

import errno
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from funnelhouse.extract import commit
from funnelhouse.store import archive
from tests.unit.reading.conftest import GOOD, HEADER, Home


def zipped(members: dict[str, bytes], *, compress: bool = True) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as made:
        for name, content in members.items():
            made.writestr(zipfile.ZipInfo(name, (2026, 11, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def damaged_in(method: int) -> bytes:
    """A zip whose member, packed in another way than usual, is damaged."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr(zipfile.ZipInfo("report.csv", (2026, 11, 1, 0, 0, 0)), GOOD.encode() * 9, method)
    return flipped(stream.getvalue(), 60)


def flipped(content: bytes, position: int) -> bytes:
    return content[:position] + bytes([content[position] ^ 0xFF]) + content[position + 1 :]


def workbook(sheet: str, *, prefix: str = "", extra: dict[str, str] | None = None) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    page = book.add_worksheet("Report")
    for row, line in enumerate(sheet.splitlines()):
        for column, cell in enumerate(line.split(",")):
            if cell.startswith("="):
                page.write_formula(row, column, cell)
            else:
                page.write(row, column, cell)
    book.close()
    if not prefix and not extra:
        return stream.getvalue()
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(stream.getvalue())) as old, zipfile.ZipFile(result, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info, content.replace(b"<worksheet", prefix.encode() + b"<worksheet", 1))
        for name, text in (extra or {}).items():
            new.writestr(name, text)
    return result.getvalue()


ENTITY = '<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
PLAIN_SHEET = "Day,Campaign,Campaign ID,Currency code,Cost,Impr.\n2026-10-01,Brand,101,EUR,5,7"

REFUSED: dict[str, tuple[str, bytes, str]] = {
    "empty": ("empty.csv", b"", "empty_file"),
    "only blanks": ("blank.csv", b" \r\n\r\n", "empty_file"),
    "unknown kind": ("plants.csv", b"plant,height\nfern,12\npalm,90\n", "unknown_kind"),
    "wrong kind under a right name": (
        "Daily campaign report.csv",
        b"Row Type,Action,Ad group,Campaign\nAd group,Edit,A,Brand\n",
        "wrong_kind",
    ),
    "truncated zip": ("report.zip", zipped({"report.csv": GOOD.encode()})[:-30], "damaged_zip"),
    "damaged inside": (
        "crc.zip",
        flipped(zipped({"report.csv": GOOD.encode()}), 60),
        "damaged_zip",
    ),
    "damaged inside, bzip2": ("old.zip", damaged_in(zipfile.ZIP_BZIP2), "damaged_zip"),
    "damaged inside, lzma": ("new.zip", damaged_in(zipfile.ZIP_LZMA), "damaged_zip"),
    "binary": ("report.csv", bytes(range(256)) * 20, "not_text"),
    "binary without zero bytes": ("noise.csv", bytes([200, 3, 7, 190, 5, 255, 1]) * 400, "not_text"),
    "zero bytes behind a mark": ("zeros.csv", b"\xef\xbb\xbf" + GOOD.replace("101", "1\0\x001").encode(), "not_text"),
    "path traversal": ("slip.zip", zipped({"../../etc/cron.d/report.csv": GOOD.encode()}), "unsafe_path"),
    "absolute path": ("root.zip", zipped({"/etc/report.csv": GOOD.encode()}), "unsafe_path"),
    "workbook with formulas": (
        "formulas.xlsx",
        workbook(PLAIN_SHEET.replace("5,7", "=2+3,7")),
        "xlsx_unsafe",
    ),
    "workbook with entities": ("entities.xlsx", workbook(PLAIN_SHEET, prefix=ENTITY), "xlsx_unsafe"),
    "workbook with macros": (
        "macros.xlsx",
        workbook(PLAIN_SHEET, extra={"xl/vbaProject.bin": "x"}),
        "xlsx_unsafe",
    ),
    "wrong encoding": ("kyrillic.csv", GOOD.replace("Brand", "Июнь").encode("cp1251"), "wrong_encoding"),
    "encoding that breaks late": (
        "late.csv",
        (GOOD + "2026-10-03,Brand,101,EUR,1,1,1\n" * 9000).encode()
        + "2026-10-03,Bränd,1,EUR,1,1,1\n".encode("latin-1"),
        "wrong_encoding",
    ),
    "mixed delimiters": (
        "mixed.csv",
        (HEADER + "2026-10-01;Brand;101;EUR;1;2;3\n2026-10-02;Brand;101;EUR;1;2;3\n").encode(),
        "mixed_delimiters",
    ),
    "ids damaged by a spreadsheet": (
        "ids.csv",
        (HEADER + "2026-10-01,Brand,1.20253E+17,EUR,1,2,3\n2026-10-02,Brand,1.20253E+17,EUR,1,2,3\n").encode(),
        "damaged_ids",
    ),
    "period unknown": (
        "Campaign report.csv",
        b"Campaign report\nAll time\nCampaign status,Campaign,Currency code,Cost,Impr.,Clicks\n"
        b"Enabled,Brand,EUR,12.50,100,3\n",
        "unknown_period",
    ),
    "most rows fail": ("dates.csv", (HEADER + "31/31/2026,B,1,EUR,1,2,3\n" * 3).encode(), "most_rows_fail"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_its_reason_kept_with_an_explanation_while_others_load(home: Home, case: str) -> None:
    name, content, reason = REFUSED[case]
    summary = home.drop(name, content).drop("good/good.csv", GOOD).load()
    outcomes = home.outcomes()
    assert outcomes[name] == ("refused", reason)
    assert outcomes["good.csv"] == ("loaded", None)
    assert summary.loaded == 1
    kept = home.kept(name)
    assert (kept / name).read_bytes() == content
    assert reason in (kept / "explanation.txt").read_text(encoding="utf-8")
    assert len(home.ledger()[name]["message"]) > 30
    assert not list(home.settings.inbox.rglob("*.*"))


@pytest.mark.slow
def test_a_gigabyte_of_zeros_is_refused_without_unpacking_it(home: Home) -> None:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made,
        made.open("report.csv", "w", force_zip64=True) as member,
    ):
        for _ in range(1024):
            member.write(bytes(1 << 20))
    home.drop("zeros.zip", stream.getvalue()).load()
    assert home.outcomes()["zeros.zip"] == ("refused", "too_large")


def test_a_zip_that_lies_about_its_sizes_is_stopped_while_unpacking(home: Home) -> None:
    content = bytearray(zipped({"report.csv": bytes(60 << 20)}))
    # The directory entry claims a size of 1000 bytes: the real stream is counted.
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    home.drop("liar.zip", bytes(content)).load()
    assert home.outcomes()["liar.zip"][1] in ("too_large", "damaged_zip")


def test_zips_nested_too_deep_are_refused_and_a_zip_in_a_zip_is_not(home: Home) -> None:
    content = zipped({"report.csv": GOOD.encode()})
    home.drop("two.zip", zipped({"inner.zip": content}))
    for _ in range(5):
        content = zipped({"inner.zip": content})
    home.drop("deep.zip", content).load()
    assert home.outcomes() == {"two.zip": ("loaded", None), "deep.zip": ("refused", "too_large")}


def test_header_only_is_an_empty_report_and_not_an_error(home: Home) -> None:
    summary = home.drop("empty report.csv", HEADER).load()
    assert home.outcomes()["empty report.csv"] == ("empty_report", "header_only")
    assert (summary.empty, summary.refused, summary.new_batches) == (1, 0, 0)


def test_bad_rows_are_listed_and_the_others_load(home: Home) -> None:
    rows = [
        "2026-10-01,Brand,101,EUR,1.50,10,1",
        "2026-10-02,Brand,101,EUR",  # too few cells are padded by this kind: nothing is wrong with blanks
        "2026-10-03,Brand,101,EUR,1,2,3,4,5",
        "2026-02-31,Brand,101,EUR,1,2,3",
        "2026-10-05,Brand,101,EUR,twelve,2,3",
        "2026-10-06,Brand,101,EUR,1,2.5,3",
        "2026-10-07,Brand,1.2E+17,EUR,1,2,3",
        "2026-10-08,Brand,101,EUR,2.25,20,2",
        "2026-10-09,Brand,101,EUR,1,1,1",
        "2026-10-10,Brand,101,EUR,1,1,1",
        "2026-10-11,Brand,101,EUR,1,1,1",
        ",,,,,,",
    ]
    home.drop("rows.csv", HEADER + "\n".join(rows) + "\n").load()
    assert home.outcomes()["rows.csv"] == ("loaded_with_rejects", None)
    assert home.rejected() == [
        (3, "", "too_many_cells"),
        (4, "Day", "bad_date"),
        (5, "Cost", "bad_number"),
        (6, "Impr.", "bad_number"),
        (7, "Campaign ID", "damaged_id"),
    ]
    (batch,) = home.batches()
    assert batch["rows_in"] == batch["rows_loaded"] + batch["rows_rejected"] + sum(batch["rows_dropped"].values())
    assert (batch["rows_loaded"], batch["rows_rejected"]) == (6, 5)
    quarantined = next((home.settings.quarantine / "rows").glob("*.csv")).read_text(encoding="utf-8-sig")
    assert "twelve" in quarantined


def test_too_few_cells_are_rejected_where_the_kind_never_has_them(home: Home) -> None:
    contract = """
title: Local radio spots
source: radio
evidence: file
detect: {required: [date, spend, campaign_name]}
fields:
  date: {labels: [Aired on], required: true}
  campaign_name: {labels: [Spot], level: campaign}
  spend: {labels: [Paid]}
  currency: {labels: [Money]}
grain: {day: date}
outputs: [{entity: ads_performance}]
"""
    (home.settings.user_contracts / "radio__spots.yml").write_text(contract)
    rows = "2026-10-01,Jingle,10.50,EUR\n2026-10-02,Jingle\n2026-10-03;Jingle;1;EUR\n"
    rows += "2026-10-04,Jingle,4,EUR\n2026-10-05,Jingle,5,EUR\n"
    home.drop("spots.csv", "Aired on,Spot,Paid,Money\n" + rows).load()
    assert home.rejected() == [(2, "", "too_few_cells"), (3, "", "mixed_delimiters")]
    assert home.batches()[0]["source"] == "radio"
    assert home.batches()[0]["sums"]["spend"] == "19.5"


def test_cells_that_a_spreadsheet_would_run_are_neutral_in_quarantine(home: Home) -> None:
    home.drop("evil.csv", GOOD + "2026-02-31,=cmd|' /C calc'!A0,101,EUR,1,2,3\n").load()
    quarantined = next((home.settings.quarantine / "rows").glob("*.csv")).read_text(encoding="utf-8-sig")
    assert "'=cmd" in quarantined
    assert ",=cmd" not in quarantined


def test_unreadable_file_stays_in_the_inbox_and_loads_once_it_can_be_read(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Permissions do not stop the superuser, so opening is made to fail.
    home.drop("locked.csv", GOOD).drop("good.csv", GOOD.replace("Brand", "Other"))
    opened = archive.os.open

    def guarded(path: object, *args: Any, **kwargs: Any) -> int:
        if path == home.settings.inbox / "locked.csv":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, *args, **kwargs)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(archive.os, "open", guarded)
        home.load()
    assert home.outcomes() == {"locked.csv": ("refused", "unreadable"), "good.csv": ("loaded", None)}
    assert (home.settings.inbox / "locked.csv").exists()
    home.load()
    assert home.outcomes()["locked.csv"] == ("loaded", None)


def test_no_space_while_archiving_leaves_the_file_in_the_inbox(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.drop("good.csv", GOOD)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(archive.os, "fsync", full)
        home.load()
    assert (home.settings.inbox / "good.csv").exists()
    assert not list(home.settings.archive.rglob("*.tmp-*"))
    home.load()
    assert home.outcomes()["good.csv"] == ("loaded", None)


def test_no_space_while_writing_a_batch_is_tried_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.drop("good.csv", GOOD)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(commit, "_move", full)
        summary = home.load()
    assert summary.refused == 1
    assert home.outcomes()["good.csv"] == ("refused", "disk_full")
    assert home.batches() == []
    home.load()
    assert home.outcomes()["good.csv"] == ("loaded", None)
    assert home.rows("ads_performance", "sum(spend)::varchar") == [("1254.750000",)]


def test_a_broken_manifest_is_named(home: Home) -> None:
    home.drop("_manifest.yml", "acount_id: 12\n").drop("good.csv", GOOD).load()
    assert home.outcomes()["good.csv"] == ("refused", "bad_manifest")
    assert "acount_id" in home.ledger()["good.csv"]["message"]


def test_nothing_of_a_scratch_folder_is_left(home: Home) -> None:
    home.drop("good.csv", GOOD).drop("bad.csv", "a,b\n1,2\n").load()
    assert list((home.settings.home / "work").iterdir()) == []
    assert list((home.settings.archive / "incoming").iterdir()) == []


def old_workbook() -> bytes:
    return (Path(__file__).parents[2] / "files/linkedin_page/brightloom_content_1793527260000.xls").read_bytes()


def patched(content: bytes, place: int, value: int, form: str = "<I") -> bytes:
    made = bytearray(content)
    struct.pack_into(form, made, place, value)
    return bytes(made)


def ring(content: bytes) -> bytes:
    """The chain of the workbook's sectors closed to a ring."""
    table = 512 * (struct.unpack_from("<I", content, 76)[0] + 1)
    first = next(n for n in range(128) if struct.unpack_from("<I", content, table + 4 * n)[0] == n + 1)
    return patched(content, table + 4 * (first + 1), first)


def record(content: bytes, kind: int) -> int:
    """Place of the body of the first record of a kind."""
    place = next(512 * n for n in range(1, 200) if content[512 * n : 512 * n + 4] == b"\x09\x08\x10\x00")
    while struct.unpack_from("<H", content, place)[0] != kind:
        place += 4 + struct.unpack_from("<H", content, place + 2)[0]
    return place + 4


@pytest.mark.parametrize(
    "damage",
    [
        ring,
        lambda content: patched(content, record(content, 0x00FC) + 4, 2**31 - 1),
        lambda content: patched(content, 48, 2**30),
        lambda content: patched(content, 44, 2**30)[:700],
        lambda content: patched(content, record(content, 0x0200) + 4, 2**32 - 1),
    ],
    ids=["sectors in a ring", "two billion texts", "directory outside the file", "cut", "four billion rows"],
)
def test_an_old_workbook_that_would_take_all_memory_is_refused(home: Home, damage: Callable[[bytes], bytes]) -> None:
    home.drop("sound.xls", old_workbook()).drop("damaged.xls", damage(old_workbook())).load()
    assert home.outcomes() == {"sound.xls": ("loaded", None), "damaged.xls": ("refused", "damaged_file")}


@pytest.mark.parametrize("quote", ['"', "'"])
def test_one_far_cell_does_not_take_all_memory(home: Home, quote: str) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(PLAIN_SHEET))) as old:
        parts = {info.filename: old.read(info) for info in old.infolist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    far = b"<row r=Q1048576Q><c r=QXFD1048576Q><v>1</v></c></row></sheetData>".replace(b"Q", quote.encode())
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", far)
    home.drop("far.xlsx", zipped(parts)).load()
    assert home.outcomes()["far.xlsx"] == ("refused", "too_large")
