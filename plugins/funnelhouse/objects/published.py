"""Published versions in an object store, under the names they have in the home, for readers.

<url>/current.json                     which version readers get, and which are there; put last, in one piece
<url>/versions/<version>/warehouse.duckdb, parquet/<table>.parquet, workbook.xlsx, site/, manifest.json
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from funnelhouse.files import sha256_of, temporary_path
from funnelhouse.objects.place import Place, StoreRefused
from funnelhouse.objects.rooms import claim, turn
from funnelhouse.publish.switch import SWITCHES, point_to, prune, publishing, read_log, write_log
from funnelhouse.settings import Settings
from funnelhouse.store.versions import (
    complete_versions,
    current_manifest,
    current_version,
    version_folder,
)

POINTER = "current.json"
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
"""Versions are folders of the home: a name from outside must be one."""


def upload(settings: Settings) -> int:
    """Put the versions that the store lacks, then let readers get the current one; how many versions are new."""
    if settings.published_url is None or current_version(settings) is None:
        return 0
    with turn(settings, "published"):
        place = Place(settings.published_url, for_readers=True)
        claim(settings, place)
        before = _read_pointer(place)
        _follow(settings, place, before)
        _refuse_another_house(settings, place, before)
        while (after := _pointer(settings)) is not None:
            try:
                return _put(settings, place, before, after)
            except FileNotFoundError:
                if set(after["versions"]) <= set(complete_versions(settings)):
                    raise
                # Another task published meanwhile, and deleted a version of those that were to be put.
        return 0


def _put(settings: Settings, place: Place, before: dict[str, Any], after: dict[str, Any]) -> int:
    versions: dict[str, dict[str, str]] = after["versions"]
    new = [version for version in versions if before["versions"].get(version) != versions[version]]
    for version in new:
        folder = version_folder(settings, version)
        place.upload({f"versions/{version}/{name}": folder / name for name in versions[version]})
    if after != before:
        place.write(POINTER, json.dumps(after, indent=1).encode())
    kept = {f"versions/{version}/{name}" for version, files in versions.items() for name in files}
    place.remove([name for name in place.names("versions") if name not in kept])
    return len(new)


def fetch(settings: Settings) -> int:
    """Bring a home that has no version, or published nothing since, to what the store has; how many versions came.

    Raises StoreRefused if one is damaged.
    """
    if settings.published_url is None or not _is_behind(
        settings, _read_pointer(Place(settings.published_url, for_readers=True))
    ):
        return 0
    with turn(settings, "published"):
        place = Place(settings.published_url, for_readers=True)
        claim(settings, place)
        return _follow(settings, place, _read_pointer(place))


def _read_pointer(place: Place) -> dict[str, Any]:
    """The pointer; its version is None if there is none. Raises StoreRefused if its name is not a version's."""
    pointer = place.read_json(POINTER)
    if pointer is None:
        return {"version": None, "versions": {}, "log": []}
    for version in (pointer["version"], *pointer["versions"]):
        if not _VERSION.fullmatch(version):
            raise StoreRefused(f"{place.url}: {POINTER} names {version!r}, which cannot be the name of a version")
    return pointer


def _is_behind(settings: Settings, pointer: dict[str, Any]) -> bool:
    """True if the home has no version, or if all that it ever switched to is the beginning of what the store knows."""
    if pointer["version"] is None:
        return False
    own, its = (
        [(event["event"], event["version"]) for event in events if event["event"] in SWITCHES]
        for events in (read_log(settings), pointer["log"])
    )
    return current_version(settings) is None or (len(own) < len(its) and own == its[: len(own)])


def _follow(settings: Settings, place: Place, pointer: dict[str, Any]) -> int:
    """Take over the versions, the log and the current version of the store, if the home is behind; versions that came.

    A kill leaves a home that is still behind, or one whose log the next `publishing` completes.
    """
    if not _is_behind(settings, pointer):
        return 0
    if pointer["version"] not in pointer["versions"]:
        raise StoreRefused(
            f"{place.url}: {POINTER} leads to version {pointer['version']}, which is not there; restore it"
        )
    with publishing(settings):
        if not _is_behind(settings, pointer):  # published by another task meanwhile
            return 0
        missing = {v: files for v, files in pointer["versions"].items() if v not in complete_versions(settings)}
        for version, files in missing.items():
            _get(settings, place, version, files).replace(version_folder(settings, version))
        is_new = current_version(settings) is None
        if is_new:
            write_log(settings, pointer["log"])
        point_to(settings, pointer["version"])
        if not is_new:
            write_log(settings, pointer["log"])
            prune(settings)
    return len(missing)


def _refuse_another_house(settings: Settings, place: Place, before: dict[str, Any]) -> None:
    """A pointer to a version that this home never published says that another one publishes there."""
    known = {event["version"] for event in read_log(settings)} | set(complete_versions(settings))
    if before["version"] and before["version"] not in known:
        raise StoreRefused(
            f"{place.url} points to version {before['version']}, which this home never published, and this home "
            "published others since: two houses publish to one URL. Stop one of them, or give this one a URL of its own"
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


def _pointer(settings: Settings) -> dict[str, Any] | None:
    """What the home has at one moment between two publications; None if it has no version."""
    with publishing(settings):
        manifest = current_manifest(settings)
        if manifest is None:
            return None
        version = manifest["version"]
        return {
            "version": version,
            "as_of": manifest.get("as_of"),
            "database": f"versions/{version}/warehouse.duckdb",
            "parquet": f"versions/{version}/parquet",
            "versions": {version: _files(version_folder(settings, version)) for version in complete_versions(settings)},
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
