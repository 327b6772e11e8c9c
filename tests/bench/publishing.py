"""Chapter pages, first half: publishing a build as database file, Parquet files and workbook.

Subject: `publish` in a fresh process into a home that never published anything, and once more when nothing is new. Reference (1.0):
the same bytes without any of the care: DuckDB copies the same tables to a file of the same storage version and to Parquet of the same
kind, neither sorted nor described, hashed, compared nor flushed to disk, and without a workbook. Beside it, for what the disk can do:
a copy of the finished files, flushed.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from funnelhouse.publish.candidate import STORAGE_VERSION
from funnelhouse.settings import Settings, load_settings
from funnelhouse.transform.dbt_runner import target_folder
from tests.bench.empty import AS_OF, filled_build
from tests.bench.measure import alternate, run_child, table

PUBLISH = """
import sys
from funnelhouse.publish.publisher import publish
from funnelhouse.settings import load_settings
publish(load_settings(sys.argv[1]))
"""
BARE = f"""
import duckdb, json, sys
from pathlib import Path
build, manifest, out = map(Path, sys.argv[1:])
out.mkdir(parents=True)
with duckdb.connect(config={{"memory_limit": "4GB", "threads": 2, "temp_directory": str(out / "temp")}}) as connection:
    connection.execute(f"attach '{{build}}' as build (read_only)")
    connection.execute(f"attach '{{out / 'warehouse.duckdb'}}' as target (storage_version '{STORAGE_VERSION}')")
    connection.execute("create schema target.marts")
    for table in json.loads(manifest.read_text())["tables"]:
        name, columns = table["name"], ", ".join('"' + column["name"] + '"' for column in table["columns"])
        connection.execute(f"create table target.marts.{{name}} as select {{columns}} from build.marts.{{name}}")
        connection.execute(f"copy target.marts.{{name}} to '{{out / name}}.parquet' (compression snappy, parquet_version v1)")
    connection.execute("detach target")
"""
FLUSHED_COPY = """
import os, shutil, sys
shutil.copytree(sys.argv[1], sys.argv[2])
for folder, _, names in os.walk(sys.argv[2]):
    for name in names:
        handle = os.open(os.path.join(folder, name), os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
"""
CAMPAIGNS = 4_500


def publishing(console: Console, runs: int, rows: list[int], home: Path | None) -> list[dict[str, Any]]:
    """Each size of the channel mart, or the build of a home, which is only read."""
    if home is not None:
        settings = load_settings(home)
        return [_one(console, runs, f"Publishing the build of {home.name}", settings, settings.build_file)]
    documents = []
    for number in rows:
        settings, file = filled_build("pages", number, _fill)
        documents.append(_one(console, runs, f"Publishing a channel mart of {number:,} rows", settings, file))
    return documents


def _one(console: Console, runs: int, title: str, settings: Settings, build: Path) -> dict[str, Any]:
    house = _house(settings, build)
    copies = house.home / "copies"

    def emptied(folder: Path) -> Path:
        shutil.rmtree(folder, ignore_errors=True)
        return folder

    def publish_anew(_: int) -> tuple[float, float, float]:
        emptied(house.published)
        return run_child(PUBLISH, house.home)

    publish_anew(0)
    version = house.published_file.resolve().parent
    manifest = shutil.copyfile(version / "manifest.json", house.home / "manifest.json")
    ways = {
        "bare copy by DuckDB": lambda _: run_child(BARE, build, manifest, emptied(copies)),
        "publish": publish_anew,
        "publish, nothing new": lambda _: run_child(PUBLISH, house.home),
        "copy of the files, flushed": lambda _: run_child(
            FLUSHED_COPY, house.published_file.resolve().parent, emptied(copies)
        ),
    }
    size = sum(path.stat().st_size for path in version.rglob("*") if path.is_file()) / 1e6
    found = table(console, title, alternate(ways, runs), "bare copy by DuckDB", size)
    workbook = (house.published / "workbook.xlsx").stat().st_size
    console.print(f"workbook: {workbook / 1e3:,.0f} kB; all files: {size:,.0f} MB")
    emptied(house.home)
    return {**found, "workbook_bytes": workbook}


def _house(settings: Settings, build: Path) -> Settings:
    """A home of its own whose build is the given one, by links: nothing is written there."""
    house = load_settings(settings.home.with_name(f"{settings.home.name}-publishing"))
    shutil.rmtree(house.home, ignore_errors=True)
    house.build.mkdir(parents=True)
    house.build_file.symlink_to(build)
    (house.build / "dbt_target").symlink_to(target_folder(settings))
    if settings.reports.is_dir():
        house.reports.symlink_to(settings.reports)
    return house


def _fill(connection: duckdb.DuckDBPyConnection, rows: int) -> None:
    """Ads of CAMPAIGNS campaigns on as many days as it takes, and their months."""
    connection.execute(f"""
        insert into marts.mart_channel_kpi_daily by name
        select date '{AS_OF}' - cast(number // {CAMPAIGNS} as integer) as date_day,
            ['Paid Search', 'Paid Social', 'Display', 'Paid Video'][1 + number % 4] as channel,
            ['google_ads', 'meta_ads', 'google_ads', 'google_ads'][1 + number % 4] as source,
            'account ' || number % 40 as account_id, 'campaign ' || number % {CAMPAIGNS} as campaign_id,
            100 + hash(number) % 9000 as impressions, hash(number, 1) % 100 as clicks,
            (hash(number, 2) % 100000) / 100 as spend_reporting, hash(number, 3) % 9 as conversions,
            hash(number, 4) % 4 as leads, hash(number, 5) % 2 as new_customers, hash(number, 6) % 80 as sessions,
            spend_reporting / nullif(clicks, 0) as cpc, clicks / nullif(impressions, 0) as ctr,
            date '{AS_OF}' as data_as_of
        from range({rows}) as numbers (number)
    """)
    connection.execute("""
        insert into marts.mart_channel_kpi_period by name
        select 'month' as period_type, date_trunc('month', date_day) as period_start, last_day(date_day) as period_end,
            channel, source, account_id, campaign_id, false as is_from_period_total, true as is_complete,
            sum(impressions) as impressions, sum(clicks) as clicks, sum(spend_reporting) as spend_reporting,
            sum(conversions) as conversions, sum(leads) as leads, sum(new_customers) as new_customers,
            sum(sessions) as sessions, any_value(data_as_of) as data_as_of
        from marts.mart_channel_kpi_daily
        group by all
    """)
