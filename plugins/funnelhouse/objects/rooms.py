"""Archive and raw layer in an object store: every state of a room as one index of its files, by the digest of each.

    <url>/owner.json            whose house this is: a fingerprint of the key of its hashes
    <url>/objects/ab/<sha256>   contents; never changed
    <url>/index/00000042.json   the files of a state: path in the home -> digest, size and mode

An upload puts contents first and then creates the next index, whose number nobody else can have: a killed upload leaves
the state before, and its next try goes on. What no index names any more is deleted after that.

The home is the working copy. `fetch` brings into it what was committed since it last looked: everything if the home is
new. A home with changes of its own and a store that somebody else committed to are two houses on one URL: refused.

What is deleted in the home on purpose leaves the store, what is lost comes back from it. Nothing in this code deletes a
file of the archive, or the folder that the files of one kind lie in (`raw/_batches`): such a file that is missing, and
a file of the archive that is damaged, is a loss.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import logging
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from funnelhouse.files import TEMPORARY_MARK, make_private, private_folder, replacing, sha256_of, write_json
from funnelhouse.objects.place import Place, StoreRefused
from funnelhouse.settings import Settings
from funnelhouse.store.locks import held

ROOMS = {"archive": ("archive", "quarantine"), "raw": ("raw",)}
"""Folders of the home by room. What the front door refused is received bytes, too."""
LASTING = "archive/"
"""Where files are only added and replaced, never deleted."""
LEFT_OUT = ("archive/incoming",)
KEPT_INDEXES = 3
TRIES = 10
_INDEX = re.compile(r"index/\d{8}\.json")

log = logging.getLogger("funnelhouse")

Files = dict[str, list[Any]]
"""Path in the home -> SHA-256, bytes, permissions."""


@dataclass(frozen=True)
class _State:
    """An index: its number (0: none yet), what tells it from another of that number, and its files."""

    number: int = 0
    token: str = ""
    files: Files = field(default_factory=dict)


def url_of(settings: Settings, room: str) -> str | None:
    """The URL of a room, if it has one."""
    return {"archive": settings.archive_url, "raw": settings.raw_url, "published": settings.published_url}[room]


def fetch(settings: Settings, room: str) -> int:
    """Bring a room to the state of its store if that moved on; how many files were written. Raises StoreRefused."""
    url = url_of(settings, room)
    if url is None:
        return 0
    with turn(settings, room):
        place = Place(url)
        return _bring(settings, room, place, _newest(place), _scan(settings, room))


def upload(settings: Settings, room: str) -> int:
    """Commit what changed in a room since the last time; how many files are new or other. Raises StoreRefused."""
    url = url_of(settings, room)
    if url is None:
        return 0
    with turn(settings, room):
        place = Place(url)
        claim(settings, place)
        remote, here = _newest(place), _scan(settings, room)
        _bring(settings, room, place, remote, here)
        here = _to_commit(settings, room, remote, here)
        if here == remote.files:
            return 0
        known = {entry[0] for entry in remote.files.values()}
        here, changed = _put_contents(settings, room, place, remote, here)
        state = _State(_next_number(place), secrets.token_hex(8), here)
        _remember(settings, room, "pending", state)
        if not place.create(_index(state.number), _document(state)) and not _is_there(place, state):
            raise StoreRefused(f"somebody else commits to {place.url} at this moment: only one house may write there")
        _remember(settings, room, "base", state)
        gone = known - {entry[0] for entry in here.values()}
        place.remove([_object(digest) for digest in sorted(gone)])
        place.remove(_indexes(place)[:-KEPT_INDEXES])
        return len(changed)


def _put_contents(
    settings: Settings, room: str, place: Place, remote: _State, here: Files
) -> tuple[Files, dict[str, list[Any]]]:
    """Put the contents that the store lacks; the files they were put for, and which of them are new or other.

    Other tasks work meanwhile: what was put counts only if the files are still those that were looked at.
    """
    known = {entry[0] for entry in remote.files.values()}
    for _ in range(TRIES):
        changed = {path: entry for path, entry in here.items() if remote.files.get(path) != entry}
        wanted = {_object(entry[0]): settings.home / path for path, entry in changed.items() if entry[0] not in known}
        with contextlib.suppress(FileNotFoundError):  # replaced or deleted meanwhile: the next look says so
            place.upload(wanted)
        now = _scan(settings, room)
        if all(now.get(path) == entry for path, entry in changed.items()):
            return here, changed
        here = _to_commit(settings, room, remote, now)
    raise RuntimeError(f"files of {room} changed during each of {TRIES} uploads to {place.url}; the next one may do it")


def claim(settings: Settings, place: Place) -> None:
    """Make sure that a URL belongs to this house, the first time by saying so. Raises StoreRefused.

    A house is known by the key of its hashes: with another key the same address would have two hashes in one place.
    """
    owner = place.read_json("owner.json")
    if owner is None:
        place.create("owner.json", json.dumps({"house": _fingerprint(settings.pii_key)}).encode())
        owner = place.read_json("owner.json")
    has_key = settings.given_pii_key or (settings.home / "pii.key").exists()
    if owner is None or not has_key or owner["house"] != _fingerprint(settings.pii_key):
        raise StoreRefused(
            f"{place.url} belongs to a house with another key of hashes. To restore that house, set its "
            f"FUNNELHOUSE_PII_KEY (or put its pii.key into {settings.home}); else give this one a URL of its own"
        )


def _fingerprint(key: bytes) -> str:
    return hmac.new(key, b"owner of an object store", hashlib.sha256).hexdigest()


def _bring(settings: Settings, room: str, place: Place, remote: _State, here: Files) -> int:
    """Fast-forward the home to `remote`; how many files came. `here` (its files) is changed along.

    If the home made that state or has followed it, only what it lost comes back.
    """
    if remote.number == 0:
        return 0
    base, pending = _remembered(settings, room, "base"), _remembered(settings, room, "pending")
    if pending.token == remote.token:  # killed between the commit and noting it; noted before `pending` is used anew
        base = pending
        _remember(settings, room, "base", base)
    lost = _lost(settings, room, remote, here)
    if base.token == remote.token:
        _restore(settings, room, place, lost, here)
        return len(lost)
    claim(settings, place)
    own = {
        path
        for path in {*here, *base.files} - set(lost)
        if here.get(path) != base.files.get(path) and here.get(path) != remote.files.get(path)
    }
    if own:
        raise StoreRefused(
            f"{place.url} holds a state that this home does not know, and this home has changes of its own "
            f"({len(own)} files, e.g. {min(own)}): two houses write to one URL. Stop one of them. To go on with what "
            "is there, start with an empty home and the same key; nothing was changed now"
        )
    wanted = {
        path: entry
        for path, entry in remote.files.items()
        if here.get(path) != entry and not (path in here and _is_other_content(path, entry))
    }
    _get_all(settings, room, place, wanted)
    here.update(wanted)
    for path in set(here) - set(remote.files):
        if not path.startswith(LASTING):
            (settings.home / path).unlink(missing_ok=True)
            del here[path]
    _remember(settings, room, "base", remote)
    _loss_note(settings, room).unlink(missing_ok=True)
    return len(wanted)


def _lost(settings: Settings, room: str, remote: _State, here: Files) -> Files:
    """Files of the store that the home, which has `here`, has lost."""
    unfinished = set(_notes_of_losses(settings, room))
    return {
        path: entry
        for path, entry in remote.files.items()
        if not _is_other_content(path, entry)
        and (
            here[path] != entry and _is_damaged(settings, path, here[path])
            if path in here
            else path.startswith(LASTING)
            or path in unfinished
            or not settings.home.joinpath(*Path(path).parent.parts[:2]).is_dir()
        )
    }


def _restore(settings: Settings, room: str, place: Place, lost: Files, here: Files) -> None:
    """Get lost files back. What is still to come is noted: after a kill the folders of what came are there again."""
    note = _loss_note(settings, room)
    if lost:
        claim(settings, place)
        log.warning("%d files that this home lost come back from %s, e.g. %s", len(lost), place.url, min(lost))
        write_json(note, sorted(lost), mode=0o600)
        _get_all(settings, room, place, lost)
        here.update(lost)
    note.unlink(missing_ok=True)


def _loss_note(settings: Settings, room: str) -> Path:
    return settings.home / "objects" / f"{room}-lost.json"


def _notes_of_losses(settings: Settings, room: str) -> list[str]:
    try:
        found: list[str] = json.loads(_loss_note(settings, room).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return found


def _to_commit(settings: Settings, room: str, remote: _State, here: Files) -> Files:
    """What the next index names: of the home's files those that are whole, and what only the home has lost."""
    damaged = {
        path for path, entry in here.items() if entry != remote.files.get(path) and _is_damaged(settings, path, entry)
    }
    if damaged:
        log.warning("%d files of the archive are damaged and not uploaded, e.g. %s", len(damaged), min(damaged))
    whole = {path: entry for path, entry in here.items() if path not in damaged}
    return {**_lost(settings, room, remote, here), **whole}


def _is_damaged(settings: Settings, path: str, entry: list[Any]) -> bool:
    """True for an archived content with other bytes than its folder says, and for a note beside it that is no JSON."""
    if not path.startswith(LASTING) or not path.endswith(".json"):
        return _is_other_content(path, entry)
    try:
        json.loads((settings.home / path).read_bytes())
    except FileNotFoundError:
        return False
    except ValueError:
        return True
    return False


def _is_other_content(path: str, entry: list[Any]) -> bool:
    """True for an entry of an archived content that has other bytes than those its folder is called after."""
    return path.startswith(LASTING) and path.endswith("/content") and entry[0] != Path(path).parent.name


def _get_all(settings: Settings, room: str, place: Place, wanted: Files) -> None:
    """Contents before the records that make them count, as they were written."""
    for path in sorted(wanted, key=lambda path: (_is_record(path), path)):
        _get(settings, room, place, path, wanted[path])


def _get(settings: Settings, room: str, place: Place, path: str, entry: list[Any]) -> None:
    folder, target = path.partition("/")[0], settings.home / path
    if folder not in ROOMS[room] or (settings.home / folder).resolve() not in target.resolve().parents:
        raise StoreRefused(f"{place.url}: its index names {path}, which is no file of {room}")
    if folder in ROOMS["archive"]:
        private_folder(settings.home / folder)
    with replacing(target, mode=int(entry[2])) as temporary:
        place.download({_object(entry[0]): temporary})
        if sha256_of(temporary) != entry[0]:
            raise StoreRefused(f"{place.url}: the content of {path} is not what its index says; restore that object")


def _is_record(path: str) -> bool:
    return path.endswith(".json") or "/_" in path


def _scan(settings: Settings, room: str) -> Files:
    """The files of a room, records first: what a record names was written before it, so it is seen after it.

    Digests are kept by size, time and inode, so that a look at an unchanged file costs no reading.
    """
    memory = settings.home / "objects" / f"{room}-digests.json"
    try:
        known: dict[str, list[Any]] = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    seen: dict[str, list[Any]] = {}
    files: Files = {}
    found = [path for folder in ROOMS[room] for path in _walk(settings.home, settings.home / folder)]
    for path in sorted(found, key=lambda path: (not _is_record(path), path)):
        with contextlib.suppress(FileNotFoundError):  # replaced or deleted meanwhile: the next look sees it
            status = (settings.home / path).stat()
            mark = [status.st_size, status.st_mtime_ns, status.st_ino]
            kept = known.get(path)
            digest = kept[1] if kept and kept[0] == mark else sha256_of(settings.home / path)
            seen[path] = [mark, digest]
            files[path] = [digest, status.st_size, status.st_mode & 0o777]
    if seen != known:
        write_json(memory, seen, mode=0o600)
    return files


def _walk(home: Path, folder: Path) -> list[str]:
    found = []
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = Path(root).relative_to(home).as_posix()
        if inside.startswith(LEFT_OUT):
            continue
        found += [
            f"{inside}/{name}"
            for name in names
            if not name.startswith(".") and TEMPORARY_MARK not in name and not (Path(root) / name).is_symlink()
        ]
    return found


def _newest(place: Place) -> _State:
    """The newest index that is whole."""
    for name in reversed(_indexes(place)):
        document = place.read_json(name)
        if document is not None:
            return _State(document["number"], document["token"], document["files"])
    return _State()


def _is_there(place: Place, state: _State) -> bool:
    """True if an index is this one: a client asks again if the answer was lost, and is told that there is one."""
    document = place.read_json(_index(state.number))
    return document is not None and document["token"] == state.token


def _next_number(place: Place) -> int:
    """One more than any index, whole or not."""
    return max((int(Path(name).stem) for name in _indexes(place)), default=0) + 1


def _indexes(place: Place) -> list[str]:
    """Names of the indexes, oldest first. What else somebody put beside them is none of ours."""
    return sorted(name for name in place.names("index") if _INDEX.fullmatch(name))


def _index(number: int) -> str:
    return f"index/{number:08}.json"


def _object(digest: str) -> str:
    return f"objects/{digest[:2]}/{digest}"


def _document(state: _State) -> bytes:
    return json.dumps({"number": state.number, "token": state.token, "files": state.files}).encode()


def _remember(settings: Settings, room: str, what: str, state: _State) -> None:
    document = {"number": state.number, "token": state.token, "files": state.files}
    write_json(settings.home / "objects" / f"{room}-{what}.json", document, mode=0o600)


def _remembered(settings: Settings, room: str, what: str) -> _State:
    try:
        found = json.loads((settings.home / "objects" / f"{room}-{what}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return _State()
    return _State(found["number"], found["token"], found["files"])


def turn(settings: Settings, room: str) -> contextlib.AbstractContextManager[None]:
    """One task at a time looks and commits. Notes of it are private: they have the names of refused files."""
    make_private(settings.home / "objects")
    return held(settings.home / "objects" / f"{room}.lock", f"object store of {room}", wait=True)
