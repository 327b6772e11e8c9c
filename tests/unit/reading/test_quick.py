"""The quick way of big tables gives the rows, rejects, drops, sums and dates of the exact one, whatever the mess."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from funnelhouse.contracts.entities import entities
from funnelhouse.contracts.facts import Facts
from funnelhouse.contracts.loader import load_contracts
from funnelhouse.reading.cells.sql_values import prepare
from funnelhouse.reading.read_file import process
from funnelhouse.reading.rows import at_once
from funnelhouse.reading.rows import load_table as loading
from funnelhouse.reading.rows.loaded import FileFacts, Loaded
from funnelhouse.reading.rows.quick import Quick
from funnelhouse.reading.tables import table as tables
from funnelhouse.reading.workspace import scratch
from funnelhouse.settings import REPOSITORY

DAYS = ["2026-10-01", "2026-10-02", "2026-09-30", "2025-12-31"]
TEXTS = ["Brand", "Generic | search", "Été 2026", "USD", "Mobile", "Total fitness", "0"]
IDS = ["101", "20456789012", "00Q5e00001xYzAb", "act_77"]
NUMBERS = ["0", "1", "12.5", "1000", "-3", ""]
WHOLE = ["0", "1", "1000", "44", ""]
ODD_DAYS = [" 2026-10-03", "10/04/2026", "05.10.2026", "epoch", "", "-", "Total: Account", "1890-01-01", "20261001",
            "2026-10-01 10:00", "infinity", "  infinity", "2026-10-32", "2026-9-1"]  # fmt: skip
ODD_TEXTS = [" Brand", "Brand  ", "n/a", "N/A", "--", "—", "undefined", "Undefined", "null", "jo@example.com",
             "Total: x", "\u00a0Brand", "Brand\u200b", 'say "hi", twice', "=1+1", "", "two\nlines",
             "\tBrand", "[]", " -- "]  # fmt: skip
ODD_IDS = ["1.2E+17", "12E5", "[123]", '="5"', "'7", " 8", "9 ", "é9", "--", "", "n/a", "U5", "\t5", "5@example.com"]
ODD_NUMBERS = ["1,234", "1,234.50", "1.234,5", "1e3", "(5)", "$3", "-", "--", "12%", "0x1F", "1_000", " 7",
               "7 ", "−4", "Total: 5", "abc", "- ", "9999999999999999999", ".5", "5.", "n/a", "1.5",
               "2,5", "1.234", "[]"]  # fmt: skip

EXPORTS = sorted(
    path for path in (REPOSITORY / "tests" / "files").rglob("*") if path.suffix in (".csv", ".tsv", ".txt")
)

KINDS = {
    "report editor": (
        ["Day", "Campaign", "Campaign ID", "Device", "Currency code", "Cost", "Impr.", "Conversions", "Mystery"],
        [(DAYS, ODD_DAYS), (TEXTS, ODD_TEXTS), (IDS, ODD_IDS), (["Mobile", "Computers"], ODD_TEXTS),
         (["EUR"], ODD_TEXTS), (NUMBERS, ODD_NUMBERS), (WHOLE, ODD_NUMBERS), (NUMBERS, ODD_NUMBERS),
         (TEXTS, ODD_TEXTS)],
    ),
    "German table": (
        ["Kampagne", "Tag", "Währungscode", "Kosten", "Impr.", "Klicks"],
        [(TEXTS, ODD_TEXTS), (["01.10.2026", "02.10.2026"], ODD_DAYS), (["EUR"], ODD_TEXTS),
         (["1,50", "2,25", "1.234,50", "7"], ODD_NUMBERS), (WHOLE, ODD_NUMBERS), (WHOLE, ODD_NUMBERS)],
    ),
    "leads": (
        ["Id", "IsDeleted", "FirstName", "LastName", "Email", "Status", "LeadSource", "CreatedDate", "IsConverted"],
        [(IDS, ODD_IDS), (["0", "1", "false"], ["maybe", ""]), (["Ann"], ODD_TEXTS), (["Lee"], ODD_TEXTS),
         (["ann@example.com"], ODD_TEXTS), (["New", "Working"], ODD_TEXTS), (["Web"], ODD_TEXTS),
         (["2026-10-01T10:00:00.000Z", "2026-10-02 11:30:00"], ODD_DAYS), (["0", "1"], ["", "x"])],
    ),
}  # fmt: skip


@st.composite
def exports(draw: st.DrawFn) -> bytes:
    """A table as an export would hold it: mostly plain cells, some columns with odd ones, at any place."""
    header, columns = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    clean = draw(st.sets(st.integers(0, len(header) - 1)))
    rows = draw(st.integers(1, 14))
    chance = draw(st.sampled_from([0, 1, 3]))
    body = []
    for _ in range(rows):
        row = []
        for index, (plain, odd) in enumerate(columns):
            is_odd = index not in clean and draw(st.integers(0, 9)) < chance
            row.append(draw(st.sampled_from(odd if is_odd else plain)))
        body.append(row)
    if draw(st.booleans()):
        body.append(["Total: Account", *[""] * (len(header) - 1)])
    sink = io.StringIO()
    delimiter = draw(st.sampled_from([",", "\t"]))
    writer = csv.writer(sink, delimiter=delimiter, quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))
    writer.writerows([header, *body])
    encoding = draw(st.sampled_from(["utf-8", "utf-16"]))
    return sink.getvalue().encode(encoding)


class Reader:
    """Reads a file with one engine and gives everything that is known about it afterwards."""

    def __init__(self, root: Path) -> None:
        self.root, self.numbers = root, itertools.count()
        self.contracts = load_contracts()
        self.connection = duckdb.connect()
        prepare(self.connection, b"k" * 32)

    def read(self, content: bytes) -> dict[str, Any]:
        path = self.root / f"{next(self.numbers)}.csv"
        path.write_bytes(content)
        told: list[Any] = []

        def use(loaded: Loaded) -> None:
            told.append((
                loaded.batch_id, loaded.exported_at, loaded.exported_evidence, loaded.scope, loaded.account_id,
                loaded.period,
                loaded.rows_in, loaded.rows_loaded, loaded.rows_rejected, loaded.dropped, loaded.sums, loaded.totals,
                sorted(loaded.rejected), sorted(loaded.kept),
                sorted(note for note in loaded.notes if not note.startswith("read by")),
                [(part.entity, part.rows, self.rows(part.entity, part.path)) for part in loaded.parts],
            ))  # fmt: skip

        file = FileFacts("0" * 64, "export.csv", Facts({"currency": "EUR"}, {"currency": "manifest"}), 1_760_000_000.0)
        with scratch(self.root / "work") as workspace:
            outcome = process(path, file, self.contracts, self.connection, workspace, use)
        return {"outcome": outcome.outcome, "reason": outcome.reason, "message": outcome.message, "tables": told}

    def rows(self, entity: str, path: Path) -> list[Any]:
        columns = [column for column in entities()[entity].all_columns if column.name != "_loaded_at"]
        kinds = {name: kind for name, kind, *_ in self.connection.execute(f"describe from '{path}'").fetchall()}
        assert {name: kind for name, kind in kinds.items() if name != "_loaded_at"}.items() <= {
            column.name: column.sql_type for column in columns
        }.items()
        typed = ", ".join(f'cast(null as {column.sql_type}) as "{column.name}"' for column in columns)
        listed = ", ".join(f'"{column.name}"' for column in columns)
        source = f"select {typed} where false union all by name from read_parquet('{path}')"
        return self.connection.execute(f"select {listed} from ({source}) order by all").fetchall()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """One engine for all examples."""
    reader = Reader(tmp_path_factory.mktemp("quick"))
    yield reader
    reader.connection.close()


# Without shrinking: every example reads two files.
SLOWLY = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)


@SLOWLY
@given(exports())
def test_a_big_table_is_read_like_a_small_one(reader: Reader, export: bytes) -> None:
    """The limits between few rows, small and big decide how fast a table is read, never what is read."""
    small = reader.read(export)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "plain_plan", lambda plan: None)
        assert reader.read(export) == small
        patch.setattr(loading, "FEW_BYTES", -1)
        assert reader.read(export) == small
        patch.setattr(loading, "SMALL_BYTES", -1)
        assert reader.read(export) == small


@pytest.mark.parametrize("export", EXPORTS, ids=lambda path: "/".join(path.parts[-2:]))
def test_an_export_of_each_kind_is_read_alike_however_big(reader: Reader, export: Path) -> None:
    small = reader.read(export.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "FEW_BYTES", -1)
        patch.setattr(loading, "SMALL_BYTES", -1)
        assert reader.read(export.read_bytes()) == small


@SLOWLY
@given(exports())
def test_mess_behind_the_sample_is_seen(reader: Reader, export: bytes) -> None:
    """With a sample of three rows, odd cells and newer days come as a surprise: the table is written again, exactly."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "SMALL_BYTES", -1)
        patch.setattr(loading, "SAMPLE_ROWS", 3)
        quickly = reader.read(export)
        patch.setattr(at_once, "quick_plan", lambda connection, plan, output: Quick(plan))
        patch.setattr(loading, "newest_at_ends", lambda *ignored: None)
        assert reader.read(export) == quickly


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["Total: Account,,,,45004,", "never,Brand,101,EUR,1.50,10", '"Total: a",,,,1,', ""])
@pytest.mark.parametrize("first", ["2026-10-01,Brand,101,EUR,1.50,10", '2026-10-01,"a ""b"" ",101,EUR,"1.50",10',
                                   '2026-10-01,"Bra{}nd",101,EUR,1.50,10'])  # fmt: skip
def test_bad_rows_are_read_from_their_own_lines(reader: Reader, first: str, last: str, end: str) -> None:
    """And from the whole text where a quoted cell holds a line end: with the same result."""
    body = [first.format(end)] + ["2026-10-01,Brand,101,EUR,1.50,10"] * 2_999 + ["Total: Day,,,,4500,", "", last, ""]
    text = end.join(["Day,Campaign,Campaign ID,Currency code,Cost,Impr.", *body]).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "SMALL_BYTES", 1000)
        found = reader.read(text)
        patch.setattr(tables, "LAST_BYTES", 0)
        assert reader.read(text) == found
        patch.setattr(tables.Direct, "some_rows", lambda *ignored: None)
        assert reader.read(text) == found
    dropped = 2 if "Total" in last else 1
    ((*_, rows_in, loaded, rejected, drops, _, totals, bad, _, _, _),) = found["tables"]
    assert (loaded, drops) == (3_000, {"total_rows": dropped})
    assert [total["row"] for total in totals] == [3_001, 3_002][:dropped]
    assert [number for number, *_ in bad] == ([3_002] if "never" in last else [])
    assert rows_in == loaded + rejected + dropped


def test_odd_cells_far_down_a_big_file(reader: Reader) -> None:
    """30,000 plain rows, then a blank beside a name, an address, a total and a newer day: each is treated as it should.

    Spend is 30,001 rows of 1.50, plus one of 2.50 = 45,004.00; the newest day is that of the last but one row.
    """
    line = "2026-10-01,Brand,101,EUR,1.50,10\n"
    odd = (
        '2026-10-01, Brand ,101,EUR,1.50,10\n2026-10-03,to jo@example.com,102,EUR,"2.50",10\nTotal: Account,,,,45004,\n'
    )
    text = (
        "Day,Campaign,Campaign ID,Currency code,Cost,Impr.\n"
        + line * 30_000
        + odd
        + line.replace("2026-10-01", "never")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "SMALL_BYTES", 1000)
        found = reader.read(text.encode())
    (table,) = found["tables"]
    _, moment, evidence, *_, rows_in, loaded, rejected, dropped, sums, _, bad, _, _, parts = table
    assert (moment, evidence) == ("2026-10-03T23:59:59", "newest day in the file")
    assert (rows_in, loaded, rejected, dropped) == (30_004, 30_002, 1, {"total_rows": 1})
    assert sums["spend"] == "45004"
    ((entity, rows, stored),) = parts
    assert (entity, rows) == ("ads_performance", 30_002)
    names = {row[[c.name for c in entities()[entity].all_columns if c.name != "_loaded_at"].index("campaign_name")]
             for row in stored}  # fmt: skip
    assert names == {"Brand", "to [e-mail]"}
    assert [(number, reason, name) for number, reason, name, _ in bad] == [(30_004, "bad_date", "date")]
