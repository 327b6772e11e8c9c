"""What a build has to do: one selection in dbt's own language, or nothing.

Everything that changed since the last complete build is due, with what is downstream of it:

- a raw entity whose batches changed: `source:raw.<entity>+` (who reads batches of an entity reads the entity, too)
- any batch: `stg_batches+`, what was loaded
- another reporting date: `tag:dated+`, the models whose SQL names that day
- other code, settings or versions, or no build yet: the whole project, with `--full-refresh`

Incremental models read only the records that new batches touch (`stg_crm_touched`, `int_touched`). That holds while
batches of CRM records only come and add; where one is gone, changed or replaces others, the whole selection is built
with `--full-refresh`, too.

The build file keeps the record of builds in schema `raw`: `_facts` (what the raw relations are made of now), `_builds`
(the last complete build and those that began since) and `_built_facts` (what each of them was made of). A build that
was killed or failed stays there, and what it may have written is due again, so that the next build is right whatever
the other did.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

import duckdb

from funnelhouse.contracts.entities import entities
from funnelhouse.settings import Settings
from funnelhouse.store.batches import Batch
from funnelhouse.store.standing import LeftOut
from funnelhouse.transform.build_state import code_digest

RECORD_ENTITIES = frozenset(
    {
        "crm_leads", "crm_contacts", "crm_lead_history", "crm_accounts", "crm_opportunities",
        "crm_opportunity_history", "crm_contact_roles", "crm_campaign_members", "crm_subscriptions",
        "orders", "order_lines", "refunds",
    }
)  # fmt: skip
"""Raw entities by whose records incremental models are kept; a test holds it against the project."""

FUNCTIONS = "config.materialized:table_function"

_TABLES = (
    "raw._facts (entity varchar, batch_id varchar, fact varchar, is_replacing boolean)",
    "raw._builds (number bigint, is_complete boolean, as_of date, circumstances varchar)",
    "raw._built_facts (number bigint, entity varchar, batch_id varchar, fact varchar, is_replacing boolean)",
)


@dataclass(frozen=True)
class Fact:
    """One batch as far as it concerns one raw relation; `fact` is a hash of all that is known of it.

    `is_replacing`: rows that an older export had and this one lacks no longer count.
    """

    entity: str
    batch_id: str
    fact: str
    is_replacing: bool


@dataclass(frozen=True)
class Due:
    """What one build has to do. Empty `select` and not `everything`: nothing."""

    select: tuple[str, ...]
    everything: bool
    full_refresh: bool

    def __bool__(self) -> bool:
        return self.everything or bool(self.select)

    @property
    def arguments(self) -> list[str]:
        """Arguments of `dbt build`. Functions read their tables when they are asked, so data alone changes none."""
        select = [] if self.everything else ["--select", *self.select, "--exclude", FUNCTIONS]
        return [*select, *(["--full-refresh"] if self.full_refresh else [])]


@dataclass(frozen=True)
class _Build:
    as_of: date
    circumstances: str
    facts: frozenset[Fact]


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables of the record of builds where they are missing."""
    for table in _TABLES:
        connection.execute(f"create table if not exists {table}")


def expose_facts(
    connection: duckdb.DuckDBPyConnection, batches: Iterable[Batch], files: Iterable[dict[str, Any]],
    left_out: Iterable[LeftOut] = (),
) -> None:  # fmt: skip
    """Write what each raw relation is made of now.

    A batch concerns every entity it names, also those it has no row for: an export that replaces everything may be
    empty.
    """
    prepare(connection)
    facts = [["_files", str(record.get("sha256", "")), _hash(record), False] for record in files]
    facts += [["_left_out", one.batch.batch_id, _hash([one.standing, one.message]), False] for one in left_out]
    for batch in batches:
        named = [output.entity for output in batch.outputs] + ["_rejected_rows"] * bool(batch.rows_rejected)
        fact = _hash(asdict(batch))
        facts += [[entity, batch.batch_id, fact, batch.restatement != "upsert"] for entity in named]
    connection.execute("delete from raw._facts")
    if facts:
        connection.executemany("insert into raw._facts values (?, ?, ?, ?)", facts)


def note_kept(connection: duckdb.DuckDBPyConnection) -> None:
    """Add what was kept aside to the facts: the list of rejected rows is another where it changed."""
    kept: dict[str, list[Any]] = {}
    for batch, *row in connection.execute(
        "select batch_id, row_number, check_name, column_name from raw._kept_aside where not is_replaced order by all"
    ).fetchall():
        kept.setdefault(batch, []).append(row)
    facts = [["_rejected_rows", batch, _hash(["kept aside", rows]), False] for batch, rows in kept.items()]
    if facts:
        connection.executemany("insert into raw._facts values (?, ?, ?, ?)", facts)


def circumstances(settings: Settings) -> str:
    """Hash of what decides a build beside raw rows and the day: code, settings, raw columns and versions.

    The raw suites are code, too: they say which rows are kept aside.
    """
    versions = [version(package) for package in ("dbt-core", "dbt-duckdb", "duckdb")]
    columns = [[name, one.name, one.sql_type] for name, entity in entities().items() for one in entity.all_columns]
    suites = [
        [path.name, path.read_text(encoding="utf-8")] for path in sorted(settings.expectations.glob("raw/*.json"))
    ]
    # Spark's catalogue knows its tables by their full path.
    where = str(settings.spark.resolve()) if settings.engine == "spark" else ""
    return _hash([code_digest(settings), settings.engine, where, versions, columns, suites])


def begin(settings: Settings, day: date, *, full: bool = False) -> Due:
    """Decide what the build of `day` has to do, with `full` everything, and note that it began.

    Call `complete` after it succeeded; without that call its work is due again.
    """
    with duckdb.connect(str(settings.build_file)) as connection:
        prepare(connection)
        now = _Build(day, circumstances(settings), _facts(connection, "from raw._facts"))
        last, unfinished = _recorded(connection)
        due = _due(now, last, unfinished, full=full)
        if due:
            _record(connection, now)
    return due


def complete(settings: Settings) -> None:
    """Note that the build that began last succeeded: it is what later builds start from."""
    with duckdb.connect(str(settings.build_file)) as connection:
        connection.begin()
        for table in ("raw._built_facts", "raw._builds"):
            connection.execute(f"delete from {table} where number < (select max(number) from raw._builds)")
        connection.execute("update raw._builds set is_complete = true")
        connection.execute("update raw._batches set is_new = false")
        connection.commit()


def built_batches(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Ids of the batches that the last complete build had."""
    prepare(connection)
    rows = connection.execute(
        "select distinct batch_id from raw._built_facts inner join raw._builds using (number) "
        "where is_complete and entity <> '_left_out'"
    ).fetchall()
    return {identifier for (identifier,) in rows}


def _due(now: _Build, last: _Build | None, unfinished: Sequence[_Build], *, full: bool) -> Due:
    if full or last is None:
        return Due((), everything=True, full_refresh=True)
    before = [last, *unfinished]
    if any(build.circumstances != now.circumstances for build in before):
        return Due((), everything=True, full_refresh=True)
    changed = {fact.entity for build in before for fact in build.facts ^ now.facts}
    select = [f"source:raw.{entity}+" for entity in sorted(changed)]
    if changed - {"_files"}:
        select.append("stg_batches+")
    if any(build.as_of != now.as_of for build in before):
        select.append("tag:dated+")
    # Rows of batches that an unfinished build read and that are gone again could be anywhere.
    is_gone_again = any(build.facts - now.facts for build in unfinished)
    is_back_in_time = any(build.as_of > now.as_of for build in before)
    gone = last.facts - now.facts
    replacing = {fact for fact in now.facts - last.facts if fact.is_replacing}
    full_refresh = is_gone_again or is_back_in_time or any(fact.entity in RECORD_ENTITIES for fact in gone | replacing)
    return Due(tuple(select), everything=False, full_refresh=full_refresh)


def _recorded(connection: duckdb.DuckDBPyConnection) -> tuple[_Build | None, list[_Build]]:
    """The last complete build, if there is one, and those that began since."""
    last, unfinished = None, []
    for number, is_complete, as_of, code in connection.execute("from raw._builds order by number").fetchall():
        facts = _facts(connection, f"select * exclude (number) from raw._built_facts where number = {int(number)}")
        if is_complete:
            last = _Build(as_of, code, facts)
        else:
            unfinished.append(_Build(as_of, code, facts))
    return last, unfinished


def _facts(connection: duckdb.DuckDBPyConnection, query: str) -> frozenset[Fact]:
    return frozenset(Fact(*row) for row in connection.execute(query).fetchall())


def _record(connection: duckdb.DuckDBPyConnection, build: _Build) -> None:
    """Note that a build of what `raw._facts` lists begins."""
    connection.begin()
    connection.execute(
        "insert into raw._builds select coalesce(max(number), 0) + 1, false, ?, ? from raw._builds",
        [build.as_of, build.circumstances],
    )
    connection.execute("insert into raw._built_facts select (select max(number) from raw._builds), * from raw._facts")
    connection.commit()


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
