"""What waits in the inbox, and what the warehouse still owes: by names, sizes and times, without opening a file."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from funnelhouse.files import write_json
from funnelhouse.settings import Settings
from funnelhouse.store.archive import list_records
from funnelhouse.store.batches import announced
from funnelhouse.store.ledger import is_extracted

UNFINISHED = (".part", ".crdownload", ".tmp", ".download", ".partial", ".filepart")
MANIFESTS = ("_manifest.yml", "_manifest.yaml")
SETTLED_SECONDS = 2.0
UNREADABLE, NOT_A_FILE = "unreadable", "not_a_file"


@dataclass(frozen=True)
class Waiting:
    """A file in the inbox and its identity at one moment."""

    path: Path
    size: int
    mtime_ns: int
    inode: int
    kind: str = ""
    """What it is if it is not a plain file."""

    @property
    def identity(self) -> list[int]:
        """What changes when the file does."""
        return [self.size, self.mtime_ns, self.inode]


def pending(settings: Settings, inbox: Path | None = None) -> bool:
    """True if a file waits in the inbox, or an archived one was not extracted yet. Cheap: names and sizes only."""
    folder = (inbox or settings.inbox).absolute()
    seen = read_seen(settings)
    if any(not is_seen(seen, entry) for entry in scan(folder)):
        return True
    done = {path.stem for path in (settings.raw / "_files").glob("*.json")}
    retry = {path.stem for path in (settings.raw / "_files").glob("*.retry")}
    return any(
        path.parent.name not in done or path.parent.name in retry for path in settings.archive.glob("??/*/record.json")
    )


def waiting_channels(settings: Settings) -> list[str]:
    """Channels that owe the build something, by name: archived files not extracted yet, or a replay not announced."""
    waiting = {record.channel for record in list_records(settings) if not is_extracted(settings, record.sha256)}
    return sorted(waiting | set(announced(settings.raw)))


def scan(folder: Path) -> list[Waiting]:
    """What is in the inbox in a fixed order, without hidden, unfinished and manifest files.

    Nothing is followed or opened: links, devices and pipes are listed as what they are (`Waiting.kind`), a linked
    folder too.
    """
    found = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        linked = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in sorted([*names, *linked]):
            if name.startswith(".") or name.lower().endswith(UNFINISHED) or name in MANIFESTS:
                continue
            path = Path(root) / name
            with contextlib.suppress(OSError):  # gone meanwhile
                status = path.lstat()
                found.append(Waiting(path, status.st_size, status.st_mtime_ns, status.st_ino, kind_of(status.st_mode)))
    return found


def kind_of(mode: int) -> str:
    """What a place in the inbox is, in words; "" for a plain file."""
    if stat.S_ISREG(mode):
        return ""
    kinds = {stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a folder"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def finished(entries: list[Waiting]) -> list[Waiting]:
    """Those that do not change while we look; only young files are waited for, all together."""
    now = time.time()
    if all(now - entry.mtime_ns / 1e9 > SETTLED_SECONDS for entry in entries):
        return entries
    time.sleep(0.3)
    return [entry for entry in entries if identity_of(entry.path) == entry.identity]


def identity_of(path: Path) -> list[int] | None:
    """Size, time and inode of a file at this moment; None if it is gone."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns, status.st_ino]


def _seen_path(settings: Settings) -> Path:
    return settings.archive / "seen.json"


def read_seen(settings: Settings) -> dict[str, list[object]]:
    """What was received from files that are still there: path -> identity, and hash or why it was not taken."""
    try:
        found: dict[str, list[object]] = json.loads(_seen_path(settings).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def write_seen(settings: Settings, seen: dict[str, list[object]]) -> None:
    """Remember what was received; files that are gone are forgotten."""
    kept = {path: entry for path, entry in seen.items() if os.path.lexists(path)}
    write_json(_seen_path(settings), kept, mode=0o600)


def is_seen(seen: dict[str, list[object]], entry: Waiting) -> bool:
    """True if the file was received as it is now, or still cannot be read."""
    known = seen.get(str(entry.path))
    if known is None or known[:3] != entry.identity:
        return False
    return known[3] != UNREADABLE or not os.access(entry.path, os.R_OK)
