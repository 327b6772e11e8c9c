"""Nightly care: the archive's bytes, the kept versions, the age of the data, leftovers."""

from __future__ import annotations

import json
import time

import duckdb

from funnelhouse.errors import Verdict
from funnelhouse.files import remove_leftovers, sha256_of
from funnelhouse.progress import report
from funnelhouse.publish.publisher import versions
from funnelhouse.quality.files import left_out
from funnelhouse.settings import Settings
from funnelhouse.sql import sql_name, sql_text
from funnelhouse.store.batches import entity_path, read_batches, rejected_path

STALE_DAYS = 8
"""A weekly export may be late by a day; older than that is worth a look."""


class ArchiveDamaged(Verdict):
    """Bytes of archived files changed; the message names each and says where to restore it from."""


class VersionDamaged(Verdict):
    """A kept version does not open or does not hold what its manifest says."""


def verify_archive(settings: Settings) -> int:
    """Hash every archived file; how many. Raises ArchiveDamaged."""
    damaged = []
    files = sorted(settings.archive.glob("*/*/content"))
    for position, path in enumerate(files, 1):
        report("verify archive", path.parent.name[:12], position, len(files))
        if sha256_of(path) != path.parent.name:
            damaged.append(path.parent.name)
    if damaged:
        remedy = (
            f"Delete the folder of each: the next task or command gets those that {settings.archive_url} has from there"
            if settings.archive_url
            else "Restore archive/ from a backup, or delete the folder of each"
        )
        raise ArchiveDamaged(
            f"{len(damaged)} archived files changed since they were received: {', '.join(damaged)}. "
            f"{remedy}. Else put the original exports into the inbox again."
        )
    return len(files)


def restore_drill(settings: Settings) -> int:
    """Open every kept version and count its rows against its manifest; how many versions. Raises VersionDamaged."""
    known = versions(settings)
    for version in known:
        try:
            # Attached to a connection of its own: a reader of this process may have the same file open otherwise.
            with duckdb.connect() as connection:
                connection.execute(f"attach {sql_text(str(version.path))} as version (read_only)")
                for table, rows in version.tables.items():
                    counted = connection.execute(f"select count(*) from version.{_quoted(table)}").fetchall()[0][0]
                    if counted != rows:
                        raise VersionDamaged(
                            f"{version.version}: {table} has {counted} rows, its manifest says {rows}. "
                            "Roll back: funnelhouse publish --rollback"
                        )
        except duckdb.Error as error:
            raise VersionDamaged(
                f"{version.version} does not open: {error}. Roll back: funnelhouse publish --rollback"
            ) from error
    return len(known)


def stale_sources(settings: Settings) -> dict[str, int]:
    """Sources whose newest export that counts is more than STALE_DAYS older than the newest of all: age in days."""
    newest: dict[str, str] = {}
    unused = {one.batch.batch_id for one in left_out(settings)}
    for batch in read_batches(settings.raw):
        if batch.batch_id not in unused and batch.channel != "plans":
            name = f"{batch.source}/{batch.account_id}"
            newest[name] = max(newest.get(name, ""), batch.exported_at)
    if not newest:
        return {}
    with duckdb.connect() as connection:
        ages = {
            name: int(connection.execute(
                "select date_diff('day', ?::timestamp, ?::timestamp)", [exported, max(newest.values())]
            ).fetchall()[0][0])
            for name, exported in newest.items()
        }  # fmt: skip
    return {name: age for name, age in sorted(ages.items()) if age > STALE_DAYS}


def remove_old_leftovers(settings: Settings) -> int:
    """Delete unfinished files of processes that are gone; how many."""
    return remove_leftovers(settings.home)


def remove_superseded(settings: Settings, *, older_than: float | None = None) -> int:
    """Delete the rows of batches that a newer reading of their file replaced before `older_than`; how many batches.

    A build may still be reading younger ones (default: a day).
    """
    before = time.time() - 86_400 if older_than is None else older_than
    removed = 0
    counted = {batch.batch_id for batch in read_batches(settings.raw)}
    for note in sorted((settings.raw / "_superseded").glob("*.json")):
        if note.stat().st_ctime >= before or note.stem in counted:
            continue
        for output in json.loads(note.read_text(encoding="utf-8"))["outputs"]:
            entity_path(settings.raw, output["entity"], note.stem).unlink(missing_ok=True)
        rejected_path(settings.raw, note.stem).unlink(missing_ok=True)
        for name in (f"{note.stem}.csv", f"{note.stem}.explanation.txt"):
            (settings.quarantine / "rows" / name).unlink(missing_ok=True)
        note.unlink(missing_ok=True)
        removed += 1
    return removed


def _quoted(table: str) -> str:
    return ".".join(map(sql_name, table.split(".") if "." in table else ("marts", table)))
