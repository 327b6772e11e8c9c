"""Chapter extract: export file to Parquet batch, per container and size, beside the readers it is measured by.

Subject: the public door (recognise, archive, parse, lineage, quarantine, Parquet) in a fresh process and home.
References, each in a fresh process: DuckDB's bare `read_csv` with given types to Parquet on the clean UTF-8 bytes of the
same rows (1.0 for texts), calamine reading every cell (1.0 for workbooks), pandas, and dlt's fastest path (Arrow tables
to Parquet files) where it can be imported: here, or by the interpreter that BENCH_DLT_PYTHON names.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.bench.exports import export, small_files
from tests.bench.measure import RESULTS, alternate, can_import, run_child, table

BARE = """
import duckdb, sys
duckdb.sql("set threads=2")
duckdb.sql(f'''copy (select * from read_csv('{sys.argv[1]}', header=true, auto_detect=false, delim=',', quote='"', columns={{
  'Day':'DATE','Campaign':'VARCHAR','Campaign ID':'VARCHAR','Ad group':'VARCHAR','Ad group ID':'VARCHAR','Device':'VARCHAR',
  'Currency code':'VARCHAR','Cost':'DECIMAL(18,6)','Impr.':'BIGINT','Clicks':'BIGINT','Conversions':'DECIMAL(18,6)',
  'Conv. value':'DECIMAL(18,6)'}})) to '{sys.argv[2]}' (format parquet)''')
"""
PANDAS = """
import pandas, duckdb, sys
frame = pandas.read_csv(sys.argv[1], dtype={'Campaign ID': str, 'Ad group ID': str}, parse_dates=['Day'])
duckdb.sql("set threads=2")
duckdb.sql(f"copy frame to '{sys.argv[2]}' (format parquet)")
"""
DLT = """
import os, sys
os.environ.update({"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR",
                   "NORMALIZE__WORKERS": "1", "LOAD__WORKERS": "1"})
import dlt, pyarrow as pa, pyarrow.csv as pc
pa.set_cpu_count(2)
types = {"Day": pa.date32(), "Campaign ID": pa.string(), "Ad group ID": pa.string(), "Cost": pa.decimal128(18, 6),
         "Conversions": pa.decimal128(18, 6), "Conv. value": pa.decimal128(18, 6)}
@dlt.resource(name="ads", write_disposition="append")
def ads():
    options = pc.ReadOptions(block_size=16 << 20)
    for batch in pc.open_csv(sys.argv[1], options, convert_options=pc.ConvertOptions(column_types=types)):
        yield pa.Table.from_batches([batch])
pipeline = dlt.pipeline("bench", destination=dlt.destinations.filesystem(bucket_url="file://" + sys.argv[2] + "/out"),
                        pipelines_dir=sys.argv[2] + "/state", dataset_name="raw")
pipeline.run(ads(), loader_file_format="parquet")
"""
CALAMINE = """
import sys
from python_calamine import CalamineWorkbook
with open(sys.argv[1], "rb") as handle:
    book = CalamineWorkbook.from_filelike(handle)
    assert sum(len(row) for row in book.get_sheet_by_index(0).iter_rows()) > 1000
"""
SUBJECT = """
import sys
from pathlib import Path
from funnelhouse.settings import load_settings
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.extract.extraction import extract_channel
settings = load_settings(sys.argv[2])
settings.make_folders()
receive_exports(settings, Path(sys.argv[1]))
summary = extract_channel(settings, "ads")
assert summary.new_batches >= 1 and not summary.refused, summary.to_dict()
"""
TEXTS = ("clean CSV", "CSV with mess", "UTF-16 with preamble and totals", "zip of CSVs")
WORKBOOKS = {"xlsx": 10.0, "xls": 4.0}
"""Workbooks and the most MB (as CSV) that one is made of: a sheet ends at a million rows, an old one at 65,536."""
SMALL_FILES = 60


def chapter(console: Console, runs: int, megabytes: list[int], kinds: list[str]) -> list[dict[str, Any]]:
    """Every container at each size, then the cost of one small file. `kinds` names the containers, all if empty."""
    documents = []
    for size in megabytes:
        for kind in (*TEXTS, *WORKBOOKS):
            if not kinds or kind in kinds:
                documents.append(_container(console, runs, kind, min(size, WORKBOOKS.get(kind, size))))
    if not kinds or "small files" in kinds:
        documents.append(_small(console, runs))
    return documents


def _container(console: Console, runs: int, kind: str, size: float) -> dict[str, Any]:
    inbox, clean = export(kind, size)
    file = next(path for path in sorted(inbox.rglob("*")) if path.is_file())
    with tempfile.TemporaryDirectory(dir=RESULTS) as scratch:
        work = Path(scratch)
        ways: dict[str, Callable[[int], tuple[float, float, float]]] = {"funnelhouse": _subject(inbox, work)}
        if kind in WORKBOOKS:
            reference = "calamine, every cell"
            ways[reference] = lambda number: run_child(CALAMINE, file)
        else:
            reference = "DuckDB typed read_csv"
            ways[reference] = lambda number: run_child(BARE, clean, work / "bare.parquet")
        if kind == "clean CSV":
            ways["pandas read_csv"] = lambda number: run_child(PANDAS, clean, work / "pandas.parquet")
            if python := _dlt_python():
                ways["dlt, Arrow to Parquet"] = _dlt(python, clean, work)
            else:
                console.print("dlt: not installed")
        results = alternate(ways, runs)
    title = f"{kind}, {file.stat().st_size / 1e6:,.1f} MB on disk"
    return table(console, title, results, reference, clean.stat().st_size / 1e6)


def _subject(inbox: Path, work: Path) -> Callable[[int], tuple[float, float, float]]:
    def run(number: int) -> tuple[float, float, float]:
        home = work / "home"
        # The checked contracts of an earlier process are there, as in every home but a new one.
        shutil.rmtree(home / "raw", ignore_errors=True)
        shutil.rmtree(home / "archive", ignore_errors=True)
        figures = run_child(SUBJECT, inbox, home)
        shutil.rmtree(home / "raw")
        shutil.rmtree(home / "archive")
        return figures

    return run


def _dlt(python: str, clean: Path, work: Path) -> Callable[[int], tuple[float, float, float]]:
    def run(number: int) -> tuple[float, float, float]:
        folder = work / f"dlt{number}"
        figures = run_child(DLT, clean, folder, python=python)
        shutil.rmtree(folder)
        return figures

    return run


def _dlt_python() -> str | None:
    python = os.environ.get("BENCH_DLT_PYTHON", sys.executable)
    return python if can_import(python, "dlt", "pyarrow") else None


def _small(console: Console, runs: int) -> dict[str, Any]:
    """CPU milliseconds per file of twenty rows: many files in one process against one file."""
    many, one = small_files(SMALL_FILES + 1), small_files(1)
    with tempfile.TemporaryDirectory(dir=RESULTS) as first, tempfile.TemporaryDirectory(dir=RESULTS) as second:
        results = alternate({"many": _subject(many, Path(first)), "one": _subject(one, Path(second))}, runs)
    each = [1000 * (a - b) / SMALL_FILES for a, b in zip(results["many"].cpu, results["one"].cpu, strict=True)]
    start = statistics.median(results["one"].cpu)
    console.print(
        f"small files ({SMALL_FILES} of 20 rows): {statistics.median(each):.0f} ms CPU each "
        f"({min(each):.0f}-{max(each):.0f}); a process with one of them {start:.2f} s"
    )
    return {"title": "small files", "cpu_ms_each": each, "one": results["one"].cpu, "many": results["many"].cpu}
