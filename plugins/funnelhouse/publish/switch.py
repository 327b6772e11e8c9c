"""Moving readers from version to version, the log of it, and tidying up. Call everything here under `publishing`."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from funnelhouse.files import TEMPORARY_MARK, readable_folder, sync_folder, temporary_path, write_json
from funnelhouse.settings import Settings
from funnelhouse.store.locks import held
from funnelhouse.store.versions import (
    CURRENT,
    DATABASE,
    MANIFEST,
    PARQUET,
    SITE,
    WORKBOOK,
    complete_versions,
    current_version,
    log_path,
    read_manifest,
    version_folder,
    versions_folder,
)

SWITCHES = ("publish", "rollback")
"""Events of the log that moved the link; `unchanged` did not."""


@contextlib.contextmanager
def publishing(settings: Settings) -> Iterator[None]:
    """One publish or rollback at a time; what killed ones left behind is gone when the block starts."""
    readable_folder(settings.published)
    readable_folder(versions_folder(settings))
    with held(settings.published / ".lock", "publish", wait=True):
        _mend(settings)
        yield


def point_to(settings: Settings, version: str) -> None:
    """Let readers get `version`: one rename moves the file, all that lies beside it and the manifest together."""
    for name in (DATABASE, PARQUET, WORKBOOK, SITE, MANIFEST):
        if (version_folder(settings, version) / name).exists():
            _set_link(settings.published / name, Path(CURRENT) / name)
        else:  # a version of before there were workbooks or pages, or whose pages could not be written
            (settings.published / name).unlink(missing_ok=True)
    _set_link(settings.published / CURRENT, Path("versions") / version)
    sync_folder(settings.published)


def _set_link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    temporary = temporary_path(link)
    temporary.symlink_to(target)
    temporary.replace(link)


def read_log(settings: Settings) -> list[dict[str, Any]]:
    """Events of the log, oldest first; if the log is lost, the publishes of the versions that are kept."""
    try:
        events: list[dict[str, Any]] = json.loads(log_path(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return [_publish_event(read_manifest(settings, version)) for version in reversed(complete_versions(settings))]
    return events


def write_log(settings: Settings, events: list[dict[str, Any]]) -> None:
    """Replace the log."""
    write_json(log_path(settings), events, mode=0o644)


def event_of(kind: str, manifest: dict[str, Any], previous: str | None, at: datetime) -> dict[str, Any]:
    """A log entry about the version of `manifest`; `at` is UTC."""
    return {
        **_publish_event(manifest),
        "event": kind,
        "happened_at": at.replace(tzinfo=None).isoformat(timespec="milliseconds"),
        "previous_version": previous,
    }


def _publish_event(manifest: dict[str, Any]) -> dict[str, Any]:
    return {
        "event": "publish",
        "happened_at": manifest["created_at"].replace("+00:00", ""),
        "version": manifest["version"],
        "previous_version": manifest["previous_version"],
        "data_as_of": manifest["as_of"],
        "row_count": sum(table["rows"] for table in manifest["tables"]),
        "content_hash": manifest["content_hash"],
        "gate_status": manifest["gate"]["status"],
        "storage_version": manifest["storage_version"],
        "writer_duckdb_version": manifest["duckdb_version"],
        "code_version": manifest["code_version"],
        "dbt_invocation_id": manifest["dbt_invocation_id"],
    }


def prune(settings: Settings) -> None:
    """Delete versions beyond `keep_versions`; never the current one, nor the one a rollback would go to."""
    versions = complete_versions(settings)
    keep = set(versions[: settings.keep_versions])
    if current := current_version(settings):
        keep.add(current)
        if settings.keep_versions > 1:
            keep.add(str(read_manifest(settings, current)["previous_version"]))
    for version in versions:
        if version not in keep:
            _remove(version_folder(settings, version))


def _mend(settings: Settings) -> None:
    """Bring a place that a killed publish left in order again: no leftovers, and the log says what readers get."""
    folder = versions_folder(settings)
    for leftover in (*folder.glob(f".*{TEMPORARY_MARK}*"), *settings.published.glob(f".*{TEMPORARY_MARK}*")):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
        else:
            leftover.unlink(missing_ok=True)
    kept = complete_versions(settings)
    if len(kept) == 1 and not log_path(settings).exists() and not (settings.published / CURRENT).is_symlink():
        _remove(version_folder(settings, kept[0]))  # the very first publish was killed before the link was made
    events = read_log(settings)
    current = current_version(settings)
    switched = [event["version"] for event in events if event["event"] in SWITCHES]
    if current and (not switched or switched[-1] != current):
        # Killed between moving the link and writing the log.
        manifest = read_manifest(settings, current)
        known = current in switched
        previous = switched[-1] if switched else None
        at = datetime.now(UTC) if known else datetime.fromisoformat(manifest["created_at"])
        events.append(event_of("rollback" if known else "publish", manifest, previous, at))
        write_log(settings, events)
        switched.append(current)
    for version in complete_versions(settings):
        if switched and version not in switched and version > max(switched):
            _remove(version_folder(settings, version))  # killed before the link was moved: nobody ever read it


def _remove(folder: Path) -> None:
    """Delete a version so that no half-deleted one is ever taken for complete. Open readers keep their files."""
    hidden = temporary_path(folder)
    folder.replace(hidden)
    shutil.rmtree(hidden)
