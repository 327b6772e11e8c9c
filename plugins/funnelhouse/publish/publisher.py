"""Write, audit, publish: a build becomes a new version that readers get at once and whole.

A version is written beside the published ones, compared with the build, flushed to disk, and only then does one link
move. A kill at any instruction leaves readers with the old version or the new one; the next publish tidies up.
Tables and functions that equal the current version's, with the same findings of the checks, give no new version: the
log gets an entry `unchanged` and readers keep their file.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from funnelhouse import __version__
from funnelhouse.files import sync_folder, temporary_path
from funnelhouse.progress import report
from funnelhouse.publish import catalogue, switch
from funnelhouse.publish.audit import Audit, read_audit
from funnelhouse.publish.candidate import (
    BUILD,
    STORAGE_VERSION,
    attached_build,
    seal_candidate,
    verify_candidate,
    write_candidate,
)
from funnelhouse.publish.dictionary import dictionary_rows, published_tables, read_dbt_manifest
from funnelhouse.publish.errors import NothingPublished, PublishRefused, RollbackImpossible
from funnelhouse.publish.functions import TableFunction, list_functions
from funnelhouse.publish.meta_tables import Facts, read_changelog
from funnelhouse.publish.tables import PublishedTable, list_tables, measured, table_hashes
from funnelhouse.publish.workbook import workbook_version
from funnelhouse.settings import Settings
from funnelhouse.store.versions import (
    DATABASE,
    PARQUET,
    complete_versions,
    current_manifest,
    current_version,
    damaged_files,
    read_manifest,
    version_folder,
)
from funnelhouse.transform.dbt_runner import as_of_date

__all__ = [
    "NothingPublished",
    "PublishRefused",
    "PublishedVersion",
    "RollbackImpossible",
    "publish",
    "rollback",
    "table_hashes",
    "versions",
]


@dataclass(frozen=True)
class PublishedVersion:
    """One published version. `path` is its DuckDB file, `tables` are the rows of each mart, by name."""

    version: str
    path: Path
    created_at: datetime
    tables: dict[str, int]
    is_current: bool = False
    as_of: str = ""
    gate_status: str = ""


def publish(
    settings: Settings, *, require_gate: bool = False, beside: Callable[[Path], None] | None = None
) -> PublishedVersion:
    """Publish the marts of the build file; the version readers get now. The build file must be closed.

    `beside` may put more files into the folder of the new version before readers get it; it is given that folder, with
    the written database and Parquet files in it, and belongs to the version from then on.

    Raises PublishRefused if the gate refused this build (with `require_gate` also if it never saw it), if a table is
    missing, a view, breaks its contract or has a type readers cannot use, or if the copy differs from the build.
    """
    audit = read_audit(settings, require_gate=require_gate)
    with switch.publishing(settings):
        report("publish", "comparing with the published version")
        dbt = read_dbt_manifest(settings)
        with attached_build(settings) as connection:
            known = published_tables(connection, dbt, list_tables(connection, BUILD, "marts"))
            if not known:
                raise PublishRefused("the build has no marts: build the warehouse first")
            elsewhere = catalogue.kept_out(settings, known)
            functions = catalogue.without(list_functions(connection, BUILD, dbt.functions), elsewhere)
            looked_at = [measured(connection, BUILD, table) for table in known]
            tables = [table for table, _ in looked_at if table.name not in elsewhere]
            hashes = {
                f"catalogue.{table.name}" if table.name in elsewhere else table.name: digest
                for table, digest in looked_at
            }
            current = current_manifest(settings)
            now = datetime.now(UTC)
            manifest = _manifest(settings, audit, tables, functions, hashes, now, current)
            manifest["dbt_invocation_id"] = dbt.invocation_id
            manifest["catalogue"] = sorted(elsewhere)
            events = switch.read_log(settings)
            if (
                current is not None
                and current["content_hash"] == manifest["content_hash"]
                and not damaged_files(settings, current["version"])
            ):
                switch.write_log(settings, [*events, switch.event_of("unchanged", current, current["version"], now)])
                _switch_catalogue(settings, current, current)  # in case an earlier publication was killed before it
                report("publish", "nothing changed", 1, 1, "ok")
                return _known(settings, current, current["version"])
            event = switch.event_of("publish", manifest, manifest["previous_version"], now)
            facts = Facts(
                version=manifest["version"],
                created_at=now.replace(tzinfo=None),
                as_of=as_of_date(settings),
                audit=audit,
                tables=tables,
                functions=functions,
                previous_rows={table["name"]: table["rows"] for table in (current or {}).get("tables", [])},
                log=[*events, event],
                dictionary=dictionary_rows(dbt, tables),
                changelog=read_changelog(),
                lineage=dbt.lineage,
            )
            _write_version(settings, connection, facts, hashes, manifest, beside)
        if elsewhere:
            catalogue.snapshot(settings, manifest, elsewhere)
        switch.point_to(settings, manifest["version"])
        switch.write_log(settings, [*events, event])
        switch.prune(settings)
        _switch_catalogue(settings, manifest, current)
        report("publish", manifest["version"], 1, 1, "ok", tables=len(tables))
        return _known(settings, manifest, manifest["version"])


def _switch_catalogue(settings: Settings, manifest: dict[str, Any], before: dict[str, Any] | None) -> None:
    """Where the catalogue has tables of a kept version, or of the one `before`, let it show those of this one."""
    kept = [read_manifest(settings, version) for version in complete_versions(settings)]
    if any(one.get("catalogue") for one in [*kept, before or {}]):
        versions_there = [str(one["version"]) for one in kept if one.get("catalogue")]
        catalogue.switch_to(settings, manifest, versions_there)


def _write_version(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    facts: Facts,
    hashes: dict[str, str],
    manifest: dict[str, Any],
    beside: Callable[[Path], None] | None,
) -> None:
    """Write, verify and seal the folder of a version; it appears under its name complete or not at all."""
    target = version_folder(settings, facts.version)
    folder = temporary_path(target)
    try:
        folder.mkdir(parents=True)
        report("publish", f"writing {len(facts.tables)} tables")
        workbook = write_candidate(connection, folder, facts, settings)
        manifest["workbook"] = workbook.facts()
        report("publish", "verifying the written file")
        verify_candidate(folder, facts.tables, hashes, facts.functions, workbook)
        if beside is not None:
            beside(folder)
        seal_candidate(folder, manifest)
        folder.replace(target)
        sync_folder(target.parent)
    finally:
        if folder.exists():
            shutil.rmtree(folder)


def _manifest(
    settings: Settings,
    audit: Audit,
    tables: list[PublishedTable],
    functions: list[TableFunction],
    hashes: dict[str, str],
    now: datetime,
    current: dict[str, Any] | None,
) -> dict[str, Any]:
    as_of = as_of_date(settings).isoformat()
    schema = hashlib.sha256(repr([(t.name, t.schema_hash) for t in tables]).encode()).hexdigest()[:16]
    answers = [(function.name, function.parameters, function.definition) for function in functions]
    checks = [audit.status, audit.broken()]
    seen = repr([as_of, settings.currency, sorted(hashes.items()), answers, *checks, workbook_version()])
    content = hashlib.sha256(seen.encode()).hexdigest()[:32]
    return {
        "version": f"{_stamp(settings, now)}-{content[:6]}",
        "created_at": now.isoformat(timespec="milliseconds"),
        "as_of": as_of,
        "reporting_currency": settings.currency,
        "previous_version": current["version"] if current else None,
        "content_hash": content,
        "schema_hash": schema,
        "gate": {
            "status": audit.status,
            "checked_at": audit.checked_at,
            "checks": len(audit.checks),
            "broken": audit.broken(),
        },
        "code_version": __version__,
        "storage_version": STORAGE_VERSION,
        "duckdb_version": duckdb.__version__,
        "tables": [
            {
                "name": table.name,
                "rows": table.rows,
                "parquet": f"{PARQUET}/{table.name}.parquet",
                "schema_hash": table.schema_hash,
                "content_hash": hashes[table.name],
                "columns": [{"name": name, "type": kind} for name, kind in table.columns],
            }
            for table in tables
        ],
    }


def _stamp(settings: Settings, now: datetime) -> str:
    """UTC stamp that sorts after every version before, also within one second or after the clock was set back."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    newest = complete_versions(settings)[:1]
    if newest and newest[0][: len(stamp)] >= stamp:
        last = datetime.strptime(newest[0][: len(stamp)], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        stamp = (last + timedelta(seconds=1)).strftime("%Y%m%dT%H%M%SZ")
    return stamp


def rollback(settings: Settings, version: str | None = None) -> PublishedVersion:
    """Let readers get `version` again, or the one that was published before the current; what they get now.

    Raises RollbackImpossible if that version is not kept, NothingPublished if nothing is published.
    """
    with switch.publishing(settings):
        kept = complete_versions(settings)
        if not kept:
            raise NothingPublished("Nothing has been published yet: `make run` builds and publishes a first version.")
        current = current_version(settings)
        chosen = version or _before(settings, current, kept)
        if chosen not in kept:
            asked = f"Version {chosen} is not kept" if chosen else "There is no older version to go back to"
            raise RollbackImpossible(f"{asked}. Kept: {', '.join(kept)}")
        manifest = read_manifest(settings, chosen)
        if damaged := damaged_files(settings, chosen):
            raise RollbackImpossible(f"Version {chosen} is damaged ({', '.join(damaged)}). Kept: {', '.join(kept)}")
        if chosen != current:
            switch.point_to(settings, chosen)
            event = switch.event_of("rollback", manifest, current, datetime.now(UTC))
            switch.write_log(settings, [*switch.read_log(settings), event])
        # Also for the version that is current: whoever repeats a rollback that Spark did not follow gets the rest.
        _switch_catalogue(settings, manifest, None)
        if chosen != current:
            report("publish", f"rolled back to {chosen}", 1, 1, "ok")
        return _known(settings, manifest, chosen)


def _before(settings: Settings, current: str | None, kept: list[str]) -> str | None:
    """The version the current one replaced; the newest older one if that is gone."""
    if current is None:
        return kept[0]
    replaced = read_manifest(settings, current)["previous_version"]
    if replaced in kept:
        return str(replaced)
    return next((version for version in kept if version < current), None)


def versions(settings: Settings) -> list[PublishedVersion]:
    """Every kept version, newest first; `is_current` marks the one readers get. Empty if nothing is published."""
    current = current_version(settings)
    return [_known(settings, read_manifest(settings, name), current) for name in complete_versions(settings)]


def _known(settings: Settings, manifest: dict[str, Any], current: str | None) -> PublishedVersion:
    return PublishedVersion(
        version=manifest["version"],
        path=version_folder(settings, manifest["version"]) / DATABASE,
        created_at=datetime.fromisoformat(manifest["created_at"]),
        tables={table["name"]: int(table["rows"]) for table in manifest["tables"]},
        is_current=manifest["version"] == current,
        as_of=manifest["as_of"],
        gate_status=manifest["gate"]["status"],
    )
