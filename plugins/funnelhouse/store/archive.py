"""The archive: the bytes of every accepted file by sha256, with all names it arrived under.

The same content under several names is one file. Which names are deliveries of their own, and whose facts count, is
decided by the names alone (receive/deliveries.py), so the order of arrival never matters.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from funnelhouse.contracts.facts import Facts
from funnelhouse.files import private_folder, replacing, temporary_path, write_json
from funnelhouse.masks import mask_emails
from funnelhouse.settings import Settings


@dataclass
class ArrivedName:
    """One name a content arrived under: folder relative to the inbox, facts that came with it."""

    file_name: str
    folder: str
    mtime: float
    facts: Facts = field(default_factory=Facts)

    @classmethod
    def read(cls, document: dict[str, Any]) -> ArrivedName:
        """From its JSON."""
        facts = Facts(document["facts"]["values"], document["facts"]["places"])
        return cls(document["file_name"], document["folder"], document["mtime"], facts)

    def order(self) -> tuple[Any, ...]:
        """The name that counts comes first: most facts, then folder, shortest name (`a.csv` before `a (1).csv`)."""
        return (-len(self.facts.values), self.folder, len(self.file_name), self.file_name)


@dataclass
class Record:
    """What is known about an archived file."""

    sha256: str
    size_bytes: int
    received_at: str
    channel: str
    contract: str
    names: list[ArrivedName]
    scanned: str = ""
    """`identity.scan_mark` of the check that found this workbook to be safe; empty for anything else."""
    last_received_at: str = ""
    """When the newest look into an inbox that found this content began (ISO 8601 UTC); empty if nobody noted it."""
    times_received: int = 1
    """Looks into an inbox that found this content; copies found by one look count once."""

    @property
    def chosen(self) -> ArrivedName:
        """The name whose facts count; its time is the earliest of all equal names."""
        best = min(self.names, key=ArrivedName.order)
        return ArrivedName(best.file_name, best.folder, min(name.mtime for name in self.names), best.facts)

    @property
    def shown_name(self) -> str:
        """Folder and name without e-mail addresses."""
        return mask_emails(str(Path(self.chosen.folder) / self.chosen.file_name))


def folder_of(settings: Settings, sha256: str) -> Path:
    """Where a content is kept."""
    return settings.archive / sha256[:2] / sha256


def content_path(settings: Settings, sha256: str) -> Path:
    """The archived bytes."""
    return folder_of(settings, sha256) / "content"


def take_in(source: Path, target_folder: Path) -> tuple[str, int, Path]:
    """Copy a file into `target_folder` while hashing it: sha256, size and the temporary copy (flushed to disk).

    Raises OSError, also if `source` is a link or not a plain file, or becomes one meanwhile.
    """
    private_folder(target_folder)
    temporary = temporary_path(target_folder / "incoming")
    digest, size = hashlib.sha256(), 0
    try:
        with _open_plain(source) as reader, open(temporary, "wb", opener=_owners_only) as writer:
            while chunk := reader.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
                writer.write(chunk)
            writer.flush()
            os.fsync(writer.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return digest.hexdigest(), size, temporary


def _open_plain(source: Path) -> IO[bytes]:
    # Not blocking: opening a pipe would wait for somebody to write into it.
    descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a plain file")
    return os.fdopen(descriptor, "rb")


def _owners_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def store(
    settings: Settings, sha256: str, size: int, temporary: Path, channel: str, contract: str, name: ArrivedName,
    scanned: str = "", received_at: str = "",
) -> Record:  # fmt: skip
    """Archive a content under a name; what is known of it now. `received_at`: when this look into the inbox began."""
    folder = folder_of(settings, sha256)
    content = folder / "content"
    old = load_record(settings, sha256)
    if not content.exists():
        with replacing(content, mode=0o600) as place:
            temporary.replace(place)
    if old is None:
        received = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        record = Record(sha256, size, received, channel, contract, [name], scanned, received_at)
        _write(folder, record)
        return record
    known = {(entry.folder, entry.file_name): entry for entry in old.names}
    twin = known.get((name.folder, name.file_name))
    if twin is not None:
        name = ArrivedName(name.file_name, name.folder, min(name.mtime, twin.mtime), name.facts)
    known[(name.folder, name.file_name)] = name
    old.names = sorted(known.values(), key=ArrivedName.order)
    if received_at and received_at != old.last_received_at:
        old.last_received_at, old.times_received = received_at, old.times_received + 1
    _write(folder, old)
    return old


def reassign(settings: Settings, record: Record) -> None:
    """Write what is known of an archived file anew: another contract claims it now, or its folder says more."""
    _write(folder_of(settings, record.sha256), record)


def _write(folder: Path, record: Record) -> None:
    document = asdict(record)
    chosen = record.chosen
    document = {"file_name": chosen.file_name, "folder": chosen.folder, **document}
    write_json(folder / "record.json", document, mode=0o600)


def load_record(settings: Settings, sha256: str) -> Record | None:
    """The record of a content, or None."""
    path = folder_of(settings, sha256) / "record.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    names = [ArrivedName.read(name) for name in document["names"]]
    fields = ("sha256", "size_bytes", "received_at", "channel", "contract")
    later = {key: document[key] for key in ("scanned", "last_received_at", "times_received") if key in document}
    return Record(**{key: document[key] for key in fields}, names=names, **later)


def archived_hashes(settings: Settings) -> list[str]:
    """Hashes of all archived files, sorted."""
    return sorted(path.parent.name for path in settings.archive.glob("??/*/record.json"))


def list_records(settings: Settings) -> list[Record]:
    """All records, by hash."""
    records = (load_record(settings, sha256) for sha256 in archived_hashes(settings))
    return [record for record in records if record is not None]
