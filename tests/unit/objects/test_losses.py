"""What a home loses by accident stays in its store and comes back; what it deletes on purpose leaves the store."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from funnelhouse.maintenance import ArchiveDamaged, verify_archive
from funnelhouse.objects.through import fetch_missing, upload_changes
from funnelhouse.settings import Settings
from funnelhouse.store.archive import archived_hashes, content_path
from funnelhouse.store.quarantine import release
from tests.unit.objects.conftest import Killed, Steps, files, restored
from tests.unit.reading.conftest import GOOD, Home

House = Callable[..., Settings]


@pytest.mark.parametrize("room", ["archive", "quarantine", "raw"])
@pytest.mark.parametrize("act", [upload_changes, fetch_missing])
def test_a_room_that_is_gone_comes_back_from_the_store(
    full: Settings, house: House, room: str, act: Callable[[Settings], int]
) -> None:
    """`rm -r`, or a mount that is not there: the folders are made anew, and they are empty."""
    before = files(full)
    shutil.rmtree(full.home / room)
    full.make_folders()
    act(full)
    assert files(full) == before
    assert restored(house("again")) == before


def test_what_was_received_after_the_archive_was_lost_is_kept_beside_what_came_back(
    full: Settings, house: House
) -> None:
    before = set(archived_hashes(full))
    shutil.rmtree(full.archive)
    Home(full).drop("b.csv", GOOD.replace("Brand", "Other")).load()
    upload_changes(full)
    assert len(archived_hashes(full)) == len(before) + 1
    assert verify_archive(full) == len(before) + 1
    assert restored(house("again")) == files(full)


def test_a_loss_that_a_killed_task_began_to_mend_is_mended_by_the_next(
    full: Settings, house: House, steps: Steps, tmp_path: Path
) -> None:
    before, number = files(full), 0
    while True:
        shutil.rmtree(full.raw)
        shutil.rmtree(full.quarantine)
        full.make_folders()
        steps.done, steps.last = 0, number
        try:
            fetch_missing(full)
        except Killed:
            steps.last = None
            upload_changes(full)
            assert files(full) == before
            number += 1
        else:
            break
    assert number > 5
    steps.last = None
    assert restored(house("again")) == before


def test_an_archived_file_with_other_bytes_gets_its_own_back(full: Settings, house: House) -> None:
    before = files(full)
    (sha256,) = archived_hashes(full)
    for path in (content_path(full, sha256), content_path(full, sha256).with_name("record.json")):
        path.write_bytes(path.read_bytes()[:-3])
    upload_changes(full)
    assert files(full) == before
    assert restored(house("again")) == before


def test_a_damaged_file_that_the_store_never_had_does_not_get_there(full: Settings, house: House) -> None:
    Home(full).drop("b.csv", GOOD.replace("Brand", "Other")).load()
    (path,) = (path for path in full.archive.glob("*/*/content") if b"Other" in path.read_bytes())
    good = path.read_bytes()
    path.write_bytes(good.replace(b"Other", b"Wrong"))
    upload_changes(full)
    found = restored(house("again"))
    name = path.relative_to(full.home).as_posix()
    assert name not in found
    assert {name: path.read_bytes(), **found} == files(full)
    with pytest.raises(ArchiveDamaged, match=path.parent.name):
        verify_archive(full)
    path.write_bytes(good)
    upload_changes(full)
    assert restored(house("third")) == files(full)


def test_a_home_that_lost_files_while_another_worked_is_not_taken_for_another_house(
    full: Settings, house: House
) -> None:
    second = house("second")
    fetch_missing(second)
    Home(second).drop("b.csv", GOOD.replace("Brand", "Other")).load()
    upload_changes(second)
    shutil.rmtree(full.archive)
    fetch_missing(full)
    assert {n: c for n, c in files(full).items() if n.startswith("archive")} == {
        n: c for n, c in files(second).items() if n.startswith("archive")
    }


def test_a_store_that_lost_files_of_the_archive_takes_none_away_from_a_home(
    full: Settings, house: House, tmp_path: Path
) -> None:
    """As an older release may have left it: an index without a file, or with damaged bytes in its place."""
    Home(full).drop("b.csv", GOOD.replace("Brand", "Other")).load()
    upload_changes(full)
    before = files(full)
    missing, damaged = sorted(path for path in before if path.endswith("/content"))
    index = max((tmp_path / "store" / "archive" / "index").iterdir())
    document = json.loads(index.read_text())
    document["token"] = "of another"
    document["files"][damaged] = document["files"][missing]
    del document["files"][missing]
    index.with_name("00000099.json").write_text(json.dumps({**document, "number": 99}))
    fetch_missing(full)
    assert files(full) == before
    upload_changes(full)
    assert restored(house("again")) == before


def test_a_refusal_that_no_longer_holds_leaves_the_store(full: Settings, house: House) -> None:
    """The only one: the folder of refused files is empty then."""
    (refused,) = (full.quarantine / "files").iterdir()
    release(full, refused.name)
    fetch_missing(full)
    upload_changes(full)
    assert not list((full.quarantine / "files").iterdir())
    found = restored(house("again"))
    assert found == files(full)
    assert not any(refused.name in name for name in found if name.startswith("quarantine"))


def test_an_archived_file_is_taken_away_for_good_by_deleting_it_and_its_store(
    full: Settings, house: House, tmp_path: Path
) -> None:
    (sha256,) = archived_hashes(full)
    shutil.rmtree(content_path(full, sha256).parent)
    shutil.rmtree(tmp_path / "store" / "archive")
    fetch_missing(full)
    upload_changes(full)
    assert not archived_hashes(full)
    found = restored(house("again"))
    assert found == files(full)
    assert not any(sha256 in name for name in found if name.startswith("archive"))


def test_damage_that_leaves_size_and_time_alone_is_found_by_the_nightly_care_and_mended_as_it_says(
    full: Settings, house: House
) -> None:
    upload_changes(full)  # looks at the files of this copy of the house, and notes their digests
    before = files(full)
    (sha256,) = archived_hashes(full)
    path = content_path(full, sha256)
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_bytes(path.read_bytes().replace(b"Brand", b"Wrong"))
    os.utime(path, ns=times)
    upload_changes(full)
    with pytest.raises(ArchiveDamaged, match=f"{sha256}. Delete the folder"):
        verify_archive(full)
    assert restored(house("again")) == before
    shutil.rmtree(path.parent)
    fetch_missing(full)
    assert files(full) == before
