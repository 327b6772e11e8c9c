"""Facts that come with a file rather than in it: its folders, a `_manifest.yml` beside it, the command line."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from funnelhouse.contracts.facts import Facts
from funnelhouse.contracts.reasons import Refused
from funnelhouse.reading.cells.dates import parse_datetime

MANIFEST = "_manifest.yml"
FIELDS = ("source", "account_id", "account_name", "timezone", "currency", "exported_at", "period_start", "period_end",
          "platform", "language", "page_id", "page_name", "property_name", "year", "attribution_window")  # fmt: skip
"""What a manifest may say. `files` holds the same per pattern of file names."""


def facts_of_file(path: Path, root: Path, sources: set[str], overrides: dict[str, Any] | None = None) -> Facts:
    """Facts from the command line, manifests (the nearest folder first) and folders `<source>/<account>/`.

    `root` is the inbox: folders and manifests above it do not count; for a file elsewhere only its own folder does.
    Raises Refused(bad_manifest).
    """
    facts = Facts()
    facts.offer("manifest", _checked(overrides or {}, "the command line"))
    try:
        relative = path.absolute().relative_to(root.absolute())
        folders = [root / parent for parent in (relative.parent, *relative.parent.parents)]
    except ValueError:
        relative, folders = None, [path.parent]
    for folder in folders:
        manifest = folder / MANIFEST
        if manifest.is_symlink() or (manifest.exists() and not manifest.is_file()):
            raise Refused("bad_manifest", f"{MANIFEST} beside the file is a link or no plain file; put the file itself")
        if manifest.is_file():
            facts.offer("manifest", _read(manifest, path.name))
    if relative is not None:
        facts.offer("folder", folder_facts(relative.parent, sources))
    return facts


def folder_facts(folder: Path, sources: set[str]) -> dict[str, str]:
    """`<source>/<account>/...` if the first folder is a known source; other folders say nothing."""
    parts = folder.parts
    if not parts or parts[0] not in sources:
        return {}
    return {"source": parts[0], **({"account_id": parts[1]} if len(parts) > 1 else {})}


def _read(manifest: Path, file_name: str) -> dict[str, Any]:
    import yaml  # most files have no manifest

    try:
        document = yaml.safe_load(manifest.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Refused("bad_manifest", f"{MANIFEST} beside the file cannot be read as YAML: {error}") from None
    if not isinstance(document, dict):
        raise Refused("bad_manifest", f"{MANIFEST} must be a mapping such as `account_id: 123-456`")
    patterns = document.pop("files", None) or {}
    if not isinstance(patterns, dict):
        raise Refused("bad_manifest", f"{MANIFEST}: `files` must map patterns of file names to facts")
    found: dict[str, Any] = {}
    for pattern, own in patterns.items():
        if fnmatch(file_name, str(pattern)):
            found = {**_checked(own or {}, MANIFEST), **found}
    return {**_checked(document, MANIFEST), **found}


def _checked(given: dict[str, Any], where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Refused("bad_manifest", f"{where}: must be a mapping of facts")
    if unknown := [name for name in given if name not in FIELDS]:
        raise Refused("bad_manifest", f"{where}: {unknown[0]!r} is not a fact; facts: {', '.join(FIELDS)}")
    known = {name: value for name, value in given.items() if value is not None}
    for name, value in known.items():
        if (wanted := _wanted(name, str(value).strip())) is not None:
            raise Refused("bad_manifest", f"{where}: {name} is {value!r}; write {wanted}")
    return known


def _wanted(name: str, value: str) -> str | None:
    """What a fact must look like, where this one does not; None if it is fine."""
    if name in ("period_start", "period_end", "exported_at") and parse_datetime(value, "ymd", epochs=True) is None:
        return "a day such as 2026-01-31"
    if name == "year" and not re.fullmatch(r"(19|20)\d{2}", value):
        return "a year such as 2026"
    if name == "currency" and not re.fullmatch(r"[A-Za-z]{3}", value):
        return "the three letters of the currency, such as EUR"
    if name == "timezone" and not re.search(r"(?:GMT|UTC)", value) and not _is_zone(value):
        return "the name of a time zone, such as Europe/Berlin"
    return None


def _is_zone(value: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        return False
    return True
