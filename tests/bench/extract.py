"""Chapter extract: export file to Parquet batch, beside bare typed DuckDB and pandas on the same rows.

Subject: the public door (recognise, archive, parse, lineage, quarantine, Parquet) in a fresh process and home.
Reference (1.0): `read_csv` with given types to Parquet on the clean UTF-8 bytes, in a fresh process.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.bench.measure import RESULTS, alternate, run_child, table

HEADER = ["Day", "Campaign", "Campaign ID", "Ad group", "Ad group ID", "Device", "Currency code", "Cost", "Impr.", "Clicks",
          "Conversions", "Conv. value"]  # fmt: skip

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
duckdb.sql(f"copy frame to '{sys.argv[2]}' (format parquet)")
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
assert summary.new_batches == 1, summary.to_dict()
"""


def chapter(console: Console, runs: int, megabytes: list[int]) -> list[dict[str, Any]]:
    """Clean UTF-8 CSV, and UTF-16 with preamble and totals, at each size."""
    documents = []
    for size in megabytes:
        clean, messy = _data(size)
        for title, inbox in (("clean UTF-8 CSV", clean), ("UTF-16 TSV with preamble and totals", messy)):
            file = next((clean / "google_ads" / "111-222-3333").glob("*.csv"))
            with tempfile.TemporaryDirectory(dir=RESULTS) as scratch:
                work = Path(scratch)

                def subject(number: int, inbox: Path = inbox, work: Path = work) -> tuple[float, float, float]:
                    home = work / f"home{number}"
                    figures = run_child(SUBJECT, inbox, home)
                    shutil.rmtree(home)
                    return figures

                ways = {
                    "funnelhouse": subject,
                    "DuckDB typed read_csv": lambda n, f=file, w=work: run_child(BARE, f, w / "bare.parquet"),
                    "pandas read_csv": lambda n, f=file, w=work: run_child(PANDAS, f, w / "pandas.parquet"),
                }
                results = alternate(ways, runs)
            documents.append(table(console, title, results, "DuckDB typed read_csv", file.stat().st_size / 1e6))
    return documents


def _data(megabytes: int) -> tuple[Path, Path]:
    """Two inboxes with the same rows, made once: clean UTF-8, and as the interface downloads it."""
    root = RESULTS / "data" / f"ads-{megabytes}"
    clean, messy = root / "clean", root / "messy"
    if (root / "done").exists():
        return clean, messy
    shutil.rmtree(root, ignore_errors=True)
    for inbox in (clean, messy):
        (inbox / "google_ads" / "111-222-3333").mkdir(parents=True)
    chance = random.Random(megabytes)
    first = date(2025, 1, 1)
    days = 365
    campaigns = [f"Campaign {n} | search | brand-{n % 7}" for n in range(200)]
    limit, written, row = megabytes * 1_000_000, 0, 0
    totals = [0, 0, 0]
    with (
        (clean / "google_ads" / "111-222-3333" / "daily.csv").open("w", encoding="utf-8", newline="") as plain,
        (messy / "google_ads" / "111-222-3333" / "daily.csv").open("w", encoding="utf-16", newline="") as wide,
    ):
        plain.write(",".join(HEADER) + "\n")
        wide.write('Daily report\n"January 1, 2025 - December 31, 2025"\n' + "\t".join(HEADER) + "\n")
        while written < limit:
            group, day = divmod(row, days)
            campaign = group % len(campaigns)
            cost, views, clicks = chance.randrange(1, 900_00), chance.randrange(100, 90_000), chance.randrange(100)
            cells = [
                (first + timedelta(days=day)).isoformat(), campaigns[campaign], str(10_000_000_000 + campaign),
                f"group {group}", str(20_000_000_000 + group), ("Mobile", "Computers", "Tablets")[row % 3], "USD",
                f"{cost / 100:.2f}", str(views), str(clicks), f"{clicks * 0.1:.2f}", f"{clicks * 3.5:.2f}",
            ]  # fmt: skip
            line = ",".join(cells) + "\n"
            plain.write(line)
            wide.write("\t".join(cells) + "\n")
            totals = [totals[0] + cost, totals[1] + views, totals[2] + clicks]
            written += len(line)
            row += 1
        blank = ["Total: Account", "", "", "", "", "", "USD", f"{totals[0] / 100:.2f}", *map(str, totals[1:]), "", ""]
        wide.write("\t".join(blank) + "\n")
    (root / "done").touch()
    return clean, messy
