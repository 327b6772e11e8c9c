"""Published versions in an object store, under the names they have in the home, for readers.

<url>/current.json                     which version readers get, and which are there; put last, in one piece
<url>/versions/<version>/warehouse.duckdb, parquet/<table>.parquet, workbook.xlsx, site/, manifest.json
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from funnelhouse.files import sha256_of, temporary_path
from funnelhouse.objects.place import Place, StoreRefused
from funnelhouse.objects.rooms import claim
from funnelhouse.publish.switch import point_to, publishing, read_log, write_log
from funnelhouse.settings import Settings
from funnelhouse.store.locks import held
from funnelhouse.store.versions import (
    complete_versions,
    current_manifest,
    current_version,
    version_folder,
)

POINTER = "current.json"


def upload(settings: Settings) -> int:
    """Put the versions that the store lacks, then let readers get the current one; how many versions are new."""
    if settings.published_url is None or (current := current_version(settings)) is None:
        return 0
    with held(settings.home / "objects" / "published.lock", "object store of published", wait=True):
        place = Place(settings.published_url)
        claim(settings, place)
        before = place.read_json(POINTER) or {"version": None, "versions": {}, "log": []}
        _refuse_another_house(settings, place, before)
        versions = {version: _files(version_folder(settings, version)) for version in complete_versions(settings)}
        new = [version for version in versions if before["versions"].get(version) != versions[version]]
        for version in new:
            folder = version_folder(settings, version)
            place.upload({f"versions/{version}/{name}": folder / name for name in versions[version]})
        after = _pointer(settings, current, versions)
        if after != before:
            place.write(POINTER, json.dumps(after, indent=1).encode())
        kept = {f"versions/{version}/{name}" for version, files in versions.items() for name in files}
        place.remove([name for name in place.names("versions") if name not in kept])
        return len(new)


def fetch(settings: Settings) -> int:
    """Restore the kept versions in a home that has none; how many. Raises StoreRefused if one is damaged."""
    if settings.published_url is None or current_version(settings) is not None:
        return 0
    with held(settings.home / "objects" / "published.lock", "object store of published", wait=True):
        place = Place(settings.published_url)
        pointer = place.read_json(POINTER)
        if pointer is None:
            return 0
        claim(settings, place)
        with publishing(settings):
            for version, files in pointer["versions"].items():
                if version not in complete_versions(settings):
                    _get(settings, place, version, files).replace(version_folder(settings, version))
            write_log(settings, pointer["log"])
            point_to(settings, pointer["version"])
        return len(pointer["versions"])


def _refuse_another_house(settings: Settings, place: Place, before: dict[str, Any]) -> None:
    """A pointer to a version that this home never published says that another one publishes there."""
    known = {event["version"] for event in read_log(settings)} | set(complete_versions(settings))
    if before["version"] and before["version"] not in known:
        raise StoreRefused(
            f"{place.url} points to version {before['version']}, which this home never published: two houses publish "
            "to one URL. Stop one of them, or give this one a URL of its own"
        )


def _files(folder: Path) -> dict[str, str]:
    """Digests of a version's files by name: those that its manifest holds, and of the others what they are."""
    known = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    return {
        name: known[name]["sha256"] if name in known else sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for name in [path.relative_to(folder).as_posix()]
    }


def _pointer(settings: Settings, version: str, versions: dict[str, dict[str, str]]) -> dict[str, Any]:
    manifest = current_manifest(settings) or {}
    return {
        "version": version,
        "as_of": manifest.get("as_of"),
        "database": f"versions/{version}/warehouse.duckdb",
        "parquet": f"versions/{version}/parquet",
        "versions": versions,
        "log": read_log(settings),
    }


def _get(settings: Settings, place: Place, version: str, files: dict[str, str]) -> Path:
    """A version in a folder beside the versions, complete and compared with its digests."""
    folder = temporary_path(version_folder(settings, version))
    targets = {f"versions/{version}/{name}": folder / name for name in files}
    for name, target in targets.items():
        if not target.resolve().is_relative_to(folder.resolve()):
            raise StoreRefused(f"{place.url}: {POINTER} names {name}, which is no file of a version")
        target.parent.mkdir(parents=True, exist_ok=True)
    place.download(targets)
    for name, digest in files.items():
        if sha256_of(folder / name) != digest:
            shutil.rmtree(folder)
            raise StoreRefused(f"{place.url}: {name} of version {version} is not what {POINTER} says; restore it")
        (folder / name).chmod(0o444)
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
    return folder
