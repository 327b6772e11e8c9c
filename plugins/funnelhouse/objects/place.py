"""A URL of an object store, through Airflow's ObjectStoragePath: the few operations needed, each all or nothing."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

from funnelhouse.errors import Verdict
from funnelhouse.files import (
    TEMPORARY_MARK,
    create_once,
    private_folder,
    readable_folder,
    remove_unfinished,
    replacing,
    write_bytes,
)

AT_ONCE = 200
"""Files handed to the store's client in one call; it moves some of them at the same time."""
IN_PARTS = {"batch_size": 8, "chunksize": 16 << 20, "max_concurrency": 2}
"""For the client of S3: files at the same time, bytes of a part, parts of a file at the same time.

What it sends is in memory: 256 MB with these, and by default 128 files of up to 100 MB each. S3 takes 10,000 parts, so
a file may have 160 GB.
"""


class StoreRefused(Verdict):
    """An object store cannot be used as it is; the message says which and what to do."""


class Place:
    """The objects below a URL, by their names relative to it.

    In a folder (`file://`) only its owner reads them, or with `for_readers` everybody, whatever the umask.
    """

    def __init__(self, url: str, *, for_readers: bool = False) -> None:
        self.url = url.rstrip("/")
        self._make_folder, self._mode = (readable_folder, 0o644) if for_readers else (private_folder, 0o600)
        self._made: set[Path] = set()
        scheme = url.partition("://")[0]
        if scheme != "file" and importlib.util.find_spec("s3fs") is None:
            raise StoreRefused(f"{url} needs packages that are not installed: make setup EXTRAS=objects")
        from airflow.sdk import ObjectStoragePath

        try:
            path = ObjectStoragePath(self.url)
            self._fs: Any = path.fs
        except ValueError as error:
            raise StoreRefused(f"{url} is no URL of an object store: {error}") from None
        self._root = str(path.path).rstrip("/")
        self._is_folder = scheme == "file"

    def read(self, name: str) -> bytes | None:
        """An object's bytes; None if there is none."""
        try:
            content: bytes = self._fs.cat_file(self._at(name))
        except FileNotFoundError:
            return None
        return content

    def read_json(self, name: str) -> dict[str, Any] | None:
        """An object that is JSON; None if there is none, or if it is the torn piece that a killed writer left."""
        try:
            found: dict[str, Any] | None = json.loads(self.read(name) or b"null")
        except ValueError:
            return None
        return found

    def names(self, folder: str) -> dict[str, int]:
        """Names and sizes of the objects below a folder, as they are now."""
        self._fs.invalidate_cache()
        try:
            found = self._fs.find(self._at(folder), detail=True)
        except FileNotFoundError:
            return {}
        return {
            path.removeprefix(f"{self._root}/"): entry["size"]
            for path, entry in found.items()
            if TEMPORARY_MARK not in path.rpartition("/")[2]  # of a writer that works in this folder, or was killed
        }

    def write(self, name: str, content: bytes) -> None:
        """Put an object in the place of whatever is there; a reader finds the old one or the new one."""
        if self._is_folder:
            write_bytes(self._local(name), content, mode=self._mode)
        else:
            self._fs.pipe_file(self._at(name), content)

    def create(self, name: str, content: bytes) -> bool:
        """Put an object unless there is one of that name; True if this call made it.

        An S3 store is asked for it with If-None-Match; one that does not know that makes it in any case.
        """
        if self._is_folder:
            path = self._local(name)
            if is_made := create_once(path, content, mode=self._mode):
                path.chmod(self._mode)
            return is_made
        try:
            self._fs.pipe_file(self._at(name), content, mode="create")
        except OSError as error:
            if (
                isinstance(error, FileExistsError)
                or "PreconditionFailed" in repr(error)
                or "pre-condition" in str(error)
            ):
                return False
            raise
        return True

    def upload(self, files: dict[str, Path]) -> None:
        """Put local files, by the names of their objects."""
        if self._is_folder:
            for name, path in files.items():
                with replacing(self._local(name), mode=self._mode) as temporary:
                    shutil.copyfile(path, temporary)
            return
        for some in _portions(list(files)):
            self._fs.put([str(files[name]) for name in some], [self._at(name) for name in some], **IN_PARTS)

    def download(self, files: dict[str, Path]) -> None:
        """Get objects into local files, by name; the folders of the files must be there."""
        for some in _portions(list(files)):
            self._fs.get([self._at(name) for name in some], [str(files[name]) for name in some])

    def remove(self, names: list[str]) -> None:
        """Delete objects. An object that is gone already is not an error."""
        for some in _portions(names):
            if self._is_folder:
                for name in some:
                    path = Path(self._at(name))
                    path.unlink(missing_ok=True)
                    remove_unfinished(path.parent)
                    with contextlib.suppress(OSError):  # others are in it
                        for folder in (path.parent, path.parent.parent):
                            folder.rmdir()
                            self._made.discard(folder)
            else:
                self._fs.rm([self._at(name) for name in some])

    def _local(self, name: str) -> Path:
        """Where an object of a folder is. Its folders are made, and what killed writers left in them is deleted."""
        path, root = Path(self._at(name)), Path(self._root)
        for folder in reversed(path.parents):
            if folder.is_relative_to(root) and folder not in self._made:
                self._make_folder(folder)
                remove_unfinished(folder)
                self._made.add(folder)
        return path

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"


def _portions(names: list[str]) -> list[list[str]]:
    return [names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE)]
