"""A store that is a folder: who may read what, and what a killed writer leaves in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from funnelhouse.files import TEMPORARY_MARK, temporary_path
from funnelhouse.objects.place import Place
from funnelhouse.objects.through import upload_changes
from funnelhouse.settings import Settings
from tests.unit.objects.conftest import files, restored
from tests.unit.reading.conftest import GOOD, Home

House = Callable[..., Settings]


@pytest.fixture
def open_umask() -> Iterator[None]:
    """What a process that takes no care lets everybody read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def _open_to_others(folder: Path) -> list[str]:
    return [path.name for path in (folder, *folder.rglob("*")) if path.lstat().st_mode & 0o077]


def test_what_was_received_is_for_its_owner_only_in_a_store_too(
    full: Settings, tmp_path: Path, open_umask: None
) -> None:
    store = tmp_path / "store"
    shutil.rmtree(store)
    shutil.rmtree(full.home / "objects")
    upload_changes(full)
    for folder in (store / "archive", store / "raw"):
        assert len(list(folder.rglob("*"))) > 3
        assert not _open_to_others(folder)
    notes = list((full.home / "objects").glob("*.json"))
    assert len(notes) == 6
    assert not [path for path in ((full.home / "objects"), *notes) if path.stat().st_mode & 0o077]


def test_a_store_that_others_could_read_is_closed(full: Settings, tmp_path: Path) -> None:
    opened = (tmp_path / "store" / "archive", full.home / "objects")
    for folder in opened:
        folder.chmod(0o755)
    Home(full).drop("b.csv", GOOD.replace("Brand", "Other")).load()
    upload_changes(full)
    assert [folder.stat().st_mode & 0o777 for folder in opened] == [0o700, 0o700]


def test_published_versions_are_for_everybody(full: Settings, tmp_path: Path) -> None:
    store = tmp_path / "store" / "published"
    shutil.rmtree(store)
    before = os.umask(0o077)
    try:
        upload_changes(full)
    finally:
        os.umask(before)
    found = [store, *store.rglob("*")]
    assert len(found) > 8
    assert {path.stat().st_mode & 0o777 for path in found if path.is_dir()} == {0o755}
    assert {path.stat().st_mode & 0o777 for path in found if path.is_file()} == {0o644}


def _killed_while_it_creates(target: Path) -> None:
    """Leave what a process leaves that is killed between writing the bytes and giving them their name."""
    code = (
        "import os, sys, pathlib\n"
        "from funnelhouse.files import create_once\n"
        "os.link = lambda *names: os._exit(9)\n"
        "create_once(pathlib.Path(sys.argv[1]), b'{}')\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(target)], check=False).returncode == 9


def test_a_commit_killed_before_it_has_its_name_hinders_none(full: Settings, house: House, tmp_path: Path) -> None:
    index = tmp_path / "store" / "archive" / "index"
    _killed_while_it_creates(index / "00000002.json")
    (left,) = (path for path in index.iterdir() if TEMPORARY_MARK in path.name)
    Home(full).drop("b.csv", GOOD.replace("Brand", "Other")).load()
    upload_changes(full)
    assert not left.exists()
    assert restored(house("again")) == files(full)


def test_names_leave_out_what_a_writer_works_on_and_keep_it_there(tmp_path: Path) -> None:
    place = Place(f"file://{tmp_path}/store")
    place.create("index/1.json", b"1")
    working = temporary_path(tmp_path / "store" / "index" / "2.json")
    working.write_bytes(b"2")
    assert place.names("index") == {"index/1.json": 1}
    place.create("index/3.json", b"3")
    Place(f"file://{tmp_path}/store").create("index/4.json", b"4")
    assert working.exists()


def test_what_somebody_else_puts_beside_the_indexes_hinders_none(full: Settings, house: House, tmp_path: Path) -> None:
    (tmp_path / "store" / "archive" / "index" / "read me.json").write_text("{}")
    Home(full).drop("b.csv", GOOD.replace("Brand", "Other")).load()
    upload_changes(full)
    assert restored(house("again")) == files(full)
