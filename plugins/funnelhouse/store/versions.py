"""Where published versions are, and which one is current.

    published/
      current          -> versions/<version>        the one link that moves, by rename
      warehouse.duckdb -> current/warehouse.duckdb   these never move: all follow `current`, so that file,
      parquet          -> current/parquet            Parquet, workbook, pages and manifest a reader finds are
      workbook.xlsx    -> current/workbook.xlsx      always of one version
      manifest.json    -> current/manifest.json
      site             -> current/site               the pages of that version as files
      publish_log.json    every publish and rollback since the first
      versions/<version>/  warehouse.duckdb  parquet/<table>.parquet  workbook.xlsx  site/  manifest.json
                           read-only, never changed

A version is `<UTC stamp>-<6 hexadecimal digits of its content>`. The real path of `published/warehouse.duckdb` is
different for every version, which DuckDB needs: it serves the old data to a process that still has the path open.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from funnelhouse.files import sha256_of
from funnelhouse.settings import Settings

DATABASE = "warehouse.duckdb"
PARQUET = "parquet"
SITE = "site"
WORKBOOK = "workbook.xlsx"
MANIFEST = "manifest.json"
CURRENT = "current"


def versions_folder(settings: Settings) -> Path:
    """The folder of all versions."""
    return settings.published / "versions"


def version_folder(settings: Settings, version: str) -> Path:
    """The folder of one version."""
    return versions_folder(settings) / version


def log_path(settings: Settings) -> Path:
    """The log of publishes and rollbacks."""
    return settings.published / "publish_log.json"


def current_version(settings: Settings) -> str | None:
    """The version readers get; None if nothing was published or its folder is gone."""
    link = settings.published / CURRENT
    if not link.is_symlink():
        return None
    version = link.readlink().name
    return version if (version_folder(settings, version) / MANIFEST).exists() else None


def read_manifest(settings: Settings, version: str) -> dict[str, Any]:
    """The manifest of one version. Raises OSError or ValueError if it is gone or damaged."""
    text = (version_folder(settings, version) / MANIFEST).read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def damaged_files(settings: Settings, version: str) -> list[str]:
    """Files of a version that are missing or not as they were published, by the digests of its manifest, in words."""
    folder = version_folder(settings, version)
    found = []
    for name, facts in read_manifest(settings, version)["files"].items():
        path = folder / name
        if not path.is_file():
            found.append(f"{name} is missing")
        elif path.stat().st_size != facts["bytes"] or sha256_of(path) != facts["sha256"]:
            found.append(f"{name} was changed")
    return found


def current_manifest(settings: Settings) -> dict[str, Any] | None:
    """The manifest of the version readers get; None if nothing is published."""
    version = current_version(settings)
    return read_manifest(settings, version) if version else None


def complete_versions(settings: Settings) -> list[str]:
    """Every complete version, newest first."""
    folder = versions_folder(settings)
    if not folder.is_dir():
        return []
    names = [path.name for path in folder.iterdir() if not path.name.startswith(".") and (path / MANIFEST).is_file()]
    return sorted(names, reverse=True)
