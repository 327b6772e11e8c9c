"""Writing files so that a kill at any instruction leaves the old file or the new one, never half."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TEMPORARY_MARK = ".tmp-"
"""Part of the name of every file that is not finished; `remove_leftovers` deletes such files.

Behind it is who writes the file: see `owner`."""

SCRATCH = "work"
"""Folder of a home where extractions keep what they unpack; each folder in it is called after its process."""
_OWNED = re.compile(r"(\d+)-(\d+)-[0-9a-f]+")
DAY_SECONDS = 86_400


def temporary_path(target: Path) -> Path:
    """A fresh name beside `target` (same file system, so that a rename is atomic)."""
    return target.with_name(f".{target.name}{TEMPORARY_MARK}{owner()}-{secrets.token_hex(4)}")


@functools.cache
def _process_space() -> int:
    """Number of the namespace that process ids are of: two containers may share a home, not their processes."""
    try:
        return Path("/proc/self/ns/pid").stat().st_ino
    except OSError:  # not Linux: one space
        return 0


def owner() -> str:
    """What the name of a file or folder carries that belongs to this process while it lives."""
    return f"{_process_space()}-{os.getpid()}"


def is_abandoned(mark: str, changed_at: float) -> bool:
    """True if the process that wrote `mark` (`<owner>-<digits>`) is gone, as far as that can be known from here.

    Of a process in another container only the age tells: a day. `changed_at` are seconds since the epoch.
    """
    if (found := _OWNED.fullmatch(mark)) is None:  # a name that an older release gave
        return True
    if int(found[1]) != _process_space():
        return time.time() - changed_at > DAY_SECONDS
    return not is_alive(int(found[2]))


def is_alive(pid: int) -> bool:
    """True if a process of this id runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextlib.contextmanager
def replacing(target: Path, *, mode: int | None = None) -> Iterator[Path]:
    """Yield a temporary path; on success flush it to disk and rename it to `target`, else delete it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_path(target)
    try:
        yield temporary
        if mode is not None:
            temporary.chmod(mode)
        sync_file(temporary)
        temporary.replace(target)
        sync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(target: Path, content: bytes, *, mode: int | None = None) -> None:
    """Write `content` to `target` atomically."""
    with replacing(target, mode=mode) as temporary:
        temporary.write_bytes(content)


def write_json(target: Path, document: Any, *, mode: int | None = None) -> None:
    """Write `document` as JSON to `target` atomically, keys in the order given."""
    text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    try:
        content = text.encode()
    except UnicodeEncodeError:  # a file name that is not text
        content = json.dumps(document, indent=1, default=str).encode()
    write_bytes(target, content + b"\n", mode=mode)


def create_once(target: Path, content: bytes, *, mode: int = 0o644) -> bool:
    """Create `target` with `content` unless it exists; True if this call made it. Safe between processes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_path(target)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
        try:
            os.link(temporary, target)
        except FileExistsError:
            return False
        return True
    finally:
        temporary.unlink(missing_ok=True)


def private_folder(folder: Path) -> None:
    """Create a folder that only its owner can look into, whatever the umask; one that exists becomes so."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(PermissionError):  # somebody else's, as the root of a mounted volume may be
        folder.chmod(0o700)


def readable_folder(folder: Path) -> None:
    """Create a folder that everybody can look into, whatever the umask; only its owner writes there."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(PermissionError):
        folder.chmod(0o755)


def make_private(folder: Path) -> None:
    """Take everybody else's rights from the folder and the files right inside."""
    private_folder(folder)
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if path.is_file() and not path.is_symlink():
                path.chmod(path.stat().st_mode & 0o700)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def sync_file(path: Path) -> None:
    """Flush one file's content to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Flush a folder's entries to disk, so that a rename survives a power cut."""
    with contextlib.suppress(OSError):  # not every file system can
        sync_file(path)


def remove_abandoned(root: Path) -> int:
    """Delete the scratch folders below `root` of processes that are gone; how many."""
    removed = 0
    for folder in root.iterdir() if root.exists() else ():
        with contextlib.suppress(FileNotFoundError):  # another process tidies up, too
            if is_abandoned(folder.name, folder.stat().st_mtime):
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    return removed


def remove_leftovers(folder: Path) -> int:
    """Delete unfinished files and scratch folders of killed processes below `folder`, a home; how many.

    Those of processes that still work stay, so that this may be called at any time.
    """
    removed = remove_abandoned(folder / SCRATCH)
    return removed + sum(_remove_if_abandoned(path) for path in folder.rglob(f".*{TEMPORARY_MARK}*"))


def remove_unfinished(folder: Path) -> int:
    """Delete unfinished files of killed processes that lie right inside a folder; how many."""
    return sum(_remove_if_abandoned(path) for path in folder.glob(f".*{TEMPORARY_MARK}*"))


def _remove_if_abandoned(path: Path) -> bool:
    try:
        status = path.lstat()
    except FileNotFoundError:  # finished, or removed by its owner, meanwhile
        return False
    if stat.S_ISDIR(status.st_mode) or not is_abandoned(path.name.rpartition(TEMPORARY_MARK)[2], status.st_mtime):
        return False
    path.unlink(missing_ok=True)
    return True
