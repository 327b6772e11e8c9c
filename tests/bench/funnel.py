"""Chapter funnel: stage events to positions and volumes of every day, beside a bare sort of the same events.

Subject: dbt's run of everything `fct_stage_interval` and `mart_funnel_daily` are made from, in a fresh process, on leads
of which each has five events. Reference (1.0): DuckDB sorts the same events by lead and time into a table. The start of
dbt is in the subject; the row "no events" shows it. A second table runs the SQL of `fct_funnel_member` and of the marts of
conversions and durations bare, beside that of `mart_funnel_conversion` at commit `BEFORE` (1.0), which had no such fact. With
--funnel-history the last table shows what one more day costs on
1, 4 and 16 times a history: a hundred new leads, two hundred stage events of others, and the day itself. More events than
memory holds: FUNNELHOUSE_MEMORY_LIMIT caps DuckDB, which then sorts on disk, in the home's build folder.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from funnelhouse.contracts.entities import entities
from funnelhouse.settings import REPOSITORY, Settings, load_settings
from funnelhouse.store.batches import Batch, BatchOutput, commit_batch, entity_path
from tests.bench.measure import RESULTS, alternate, checkout, run_child, table
from tests.raw_factory import RawFactory

SUBJECT = """
import sys
from datetime import date
from funnelhouse.settings import load_settings
from funnelhouse.transform import due
from funnelhouse.transform.dbt_runner import run_dbt
from funnelhouse.transform.raw_views import expose_raw
settings = load_settings(sys.argv[1])
day = date.fromisoformat(sys.argv[2])
if "on top" not in sys.argv:
    settings.build_file.unlink(missing_ok=True)
expose_raw(settings.build_file, settings.raw)
work = due.begin(settings, day)
# Seeds are read again only where code changed.
left_out = ["test", "unit_test", *([] if work.everything else ["seed"])]
nodes = run_dbt(settings, ["build", *(word for kind in left_out for word in ("--exclude-resource-type", kind)),
                           "--select", "+fct_stage_interval", "+mart_funnel_daily",
                           *(["--full-refresh"] if work.full_refresh else [])], stage="bench", as_of=day)
assert all(node.status == "ok" for node in nodes), [node for node in nodes if node.status != "ok"]
due.complete(settings)
"""
SORT = """
import duckdb, sys
with duckdb.connect(sys.argv[2]) as connection:
    connection.execute("set threads=2")
    connection.execute(f"create or replace table sorted as select * from read_parquet('{sys.argv[1]}') "
                       "order by lead_id, changed_at, record_id")
"""
BEFORE = "d40ea8f"
"""Commit whose mart_funnel_conversion counted the members of conversions by itself."""
COUNTED = {"before": ("mart_funnel_conversion", "mart_funnel_velocity"),
           "now": ("int_funnel_step", "fct_funnel_member", "mart_funnel_conversion", "mart_funnel_velocity")}  # fmt: skip
COMPILE = """
import shutil, sys
from datetime import date
from pathlib import Path
from funnelhouse.settings import load_settings
from funnelhouse.transform.dbt_runner import run_dbt, target_folder
from funnelhouse.transform.raw_views import expose_raw
home, day, scratch, command, *models = sys.argv[1:]
settings = load_settings(home)
expose_raw(settings.build_file, settings.raw)
left_out = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"] if command == "build" else []
chosen = [("+" if command == "build" else "") + model for model in models]
nodes = run_dbt(settings, [command, *left_out, "--select", *chosen], stage="bench", as_of=date.fromisoformat(day))
assert all(node.status in ("ok", "success") for node in nodes), [node for node in nodes if node.status != "ok"]
for model in models:
    shutil.copy(next((target_folder(settings) / "compiled").rglob(f"{model}.sql")), Path(scratch) / f"{model}.sql")
"""
BARE = """
import duckdb, sys
from pathlib import Path
with duckdb.connect(sys.argv[2], config={"threads": 2, "memory_limit": "4GB", "preserve_insertion_order": "false"}) as build:
    build.execute("set timezone = 'UTC'")
    build.execute("create schema if not exists bench")
    build.execute("create or replace table bench.measured as " + Path(sys.argv[1]).read_text())
    build.execute("checkpoint")
"""
STAGES = ("New", "Working", "MQL", "SAL", "Unqualified")
FIRST = date(2024, 1, 1)
DAYS = 1000
LAST = date(2026, 12, 31)


def chapter(console: Console, runs: int, events: list[int], *, one_more_day: bool) -> list[dict[str, Any]]:
    """Each number of events beside a sort of the same rows and a home without any event; a day on growing history."""
    documents = []
    empty = _home(0)
    for number in events:
        settings = _home(number)
        history = next((settings.raw / "crm_lead_history").glob("*.parquet"))
        scratch = RESULTS / "data" / "sorted.duckdb"

        def build(_: int, home: Path = settings.home) -> tuple[float, float, float]:
            return run_child(SUBJECT, home, LAST)

        def sort(_: int, file: Path = history, target: Path = scratch) -> tuple[float, float, float]:
            target.unlink(missing_ok=True)
            return run_child(SORT, file, target)

        ways = {"funnel": build, "bare sort": sort, "no events": lambda _: run_child(SUBJECT, empty.home, LAST)}
        size = history.stat().st_size / 1e6
        documents.append(table(console, f"{number:,} stage events", alternate(ways, runs), "bare sort", size))
        scratch.unlink(missing_ok=True)
        documents.append(_conversions(console, runs, number, settings, size))
    if not one_more_day:
        return documents
    with tempfile.TemporaryDirectory(dir=RESULTS) as scratch_homes:
        made = {times: _home(max(events) * times // 16) for times in (1, 4, 16)}
        days = {
            f"{times}x history": _one_more_day(home, Path(scratch_homes) / f"{times}") for times, home in made.items()
        }
        size = next((made[16].raw / "crm_lead_history").glob("*.parquet")).stat().st_size / 1e6
        title = f"one more day: 16x is {max(events):,} stage events"
        documents.append(table(console, title, alternate(days, runs), "1x history", size))
    return documents


def _conversions(console: Console, runs: int, events: int, settings: Settings, size: float) -> dict[str, Any]:
    """The bare SQL of the fact of members and of the marts beside those of the commit before it."""
    with tempfile.TemporaryDirectory(dir=RESULTS) as scratch:
        ways: dict[str, Callable[[int], tuple[float, float, float]]] = {}
        for code, root, command in (("now", REPOSITORY, "build"), ("before", checkout(BEFORE), "compile")):
            folder = Path(scratch) / code
            folder.mkdir()
            run_child(COMPILE, settings.home, str(LAST), folder, command, *COUNTED[code], root=root)
            ways |= {f"{model} {code}": _bare(folder / f"{model}.sql", settings.build_file) for model in COUNTED[code]}
        title = f"{events:,} stage events: members of conversions"
        return table(console, title, alternate(ways, runs), "mart_funnel_conversion before", size)


def _bare(query: Path, build_file: Path) -> Callable[[int], tuple[float, float, float]]:
    """A way that writes the result of a compiled model into a table of the build file."""
    return lambda _: run_child(BARE, query, build_file)


def _one_more_day(house: Settings, folder: Path) -> Callable[[int], tuple[float, float, float]]:
    """Build a copy of `house`, if it was not; each call then measures the build of another day on top."""
    shutil.copytree(house.home, folder, symlinks=True)
    settings = load_settings(folder)
    run_child(SUBJECT, folder, LAST, "on top")
    raw = RawFactory(settings)
    day = LAST

    def run(number: int) -> tuple[float, float, float]:
        nonlocal day
        day += timedelta(days=1)
        told = {"exported_at": f"{day}T06:00:00", "account_id": "ORG"}
        raw.add(
            "crm_leads",
            [
                {"record_id": f"N{day}-{lead}", "status": "New", "owner_id": "U1", "lead_source": "Web",
                 "created_at": f"{day} 05:00:00", "email_hash": f"new {day} {lead}"}
                for lead in range(100)
            ],
            **told,
        )  # fmt: skip
        raw.add(
            "crm_lead_history",
            [
                {"record_id": f"N{day}-{change}", "lead_id": f"L{change * 17}", "field": "Status",
                 "old_value": "Unqualified", "new_value": "Working", "changed_at": f"{day} 05:00:00"}
                for change in range(200)
            ],
            **told,
        )  # fmt: skip
        return run_child(SUBJECT, folder, day, "on top")

    return run


def _home(events: int) -> Settings:
    """A home whose raw layer has so many stage events of a fifth as many leads, made once."""
    root = RESULTS / "data" / f"funnel-{events}"
    settings = load_settings(root)
    if (root / "done").exists():
        return settings
    shutil.rmtree(root, ignore_errors=True)
    settings.make_folders()
    if events:
        write_stage_events(settings, events)
    (root / "done").touch()
    return settings


def write_stage_events(settings: Settings, events: int) -> None:
    """One export of leads and one of their history: so many stage events of a fifth as many leads."""
    leads = events // len(STAGES)
    # Some leads a day, each a stage further every few days, in an order that is not that of the leads.
    created = f"timestamp '{FIRST} 08:00:00' + interval (hash(lead) % {DAYS * 24}) hour"
    _write(settings, "crm_leads", leads, f"""
        select 'L' || lead as record_id, 'Unqualified' as status, 'U1' as owner_id, false as is_deleted,
               'Web' as lead_source, {created} as created_at, md5('address ' || lead) as email_hash
        from range({leads}) as leads (lead)""")  # fmt: skip
    names = ", ".join(f"'{name}'" for name in STAGES)
    _write(settings, "crm_lead_history", leads * len(STAGES), f"""
        select 'H' || lead || '-' || step as record_id, 'L' || lead as lead_id, 'Status' as field,
               [{names}][step + 1] as new_value, [{names}][step] as old_value,
               {created} + interval (step * (24 + hash(lead, step) % 96)) hour as changed_at
        from range({len(STAGES)}) as steps (step) cross join range({leads}) as leads (lead)""")  # fmt: skip


def _write(settings: Settings, entity: str, rows: int, query: str) -> None:
    identifier = f"bench{entity}"[:16].ljust(16, "0")
    path = entity_path(settings.raw, entity, identifier)
    path.parent.mkdir(parents=True, exist_ok=True)
    constants = {"source": "'salesforce'", "account_id": "'ORG'", "_batch_id": f"'{identifier}'",
                 "_row_number": "row_number() over ()", "_exported_at": "timestamp '2026-12-31'",
                 "_loaded_at": "timestamp '2026-12-31'"}  # fmt: skip
    with duckdb.connect() as connection:
        given = {row[0] for row in connection.execute(f"describe {query}").fetchall()}
        columns = ", ".join(
            f'cast({constants.get(c.name) or (c.name if c.name in given else "null")} as {c.sql_type}) as "{c.name}"'
            for c in entities()[entity].all_columns
        )
        connection.execute(f"copy (select {columns} from ({query}) as made) to '{path}' (format parquet)")
    commit_batch(settings.raw, Batch(
        batch_id=identifier, file_sha256=identifier * 4, file_name=f"{entity}.csv", table=entity, contract="bench",
        contract_version=1, channel="crm", source="salesforce", account_id="ORG", scope=entity, restatement="full",
        exported_at="2026-12-31T00:00:00", exported_at_evidence="bench", loaded_at="2026-12-31T00:00:00",
        period_start=None, period_end=None, is_provisional=False, rows_in=rows, rows_loaded=rows, rows_rejected=0,
        outputs=[BatchOutput(entity, rows)],
    ))  # fmt: skip
