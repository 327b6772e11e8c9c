"""What a house keeps is in its stores after each task, whole at every moment, and comes back into an empty home."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from funnelhouse import dag_parts
from funnelhouse.cli import app
from funnelhouse.objects.place import Place, StoreRefused
from funnelhouse.objects.through import fetch_missing, upload_changes
from funnelhouse.publish.publisher import publish, rollback, table_hashes, versions
from funnelhouse.settings import Settings
from funnelhouse.store.decisions import decide, standing_decision
from tests.unit.objects.conftest import KEY, Killed, Steps, files, read_by_a_reader, restored
from tests.unit.publish.publish_factory import SPEND, small_build
from tests.unit.reading.conftest import GOOD, Home

House = Callable[..., Settings]


def test_an_empty_home_gets_everything_back(full: Settings, house: House) -> None:
    again = house("again")
    assert restored(again) == files(full)
    assert table_hashes(again.published_file) == table_hashes(full.published_file)
    assert [version.version for version in versions(again)] == [version.version for version in versions(full)]
    for private in (again.archive, again.quarantine):
        assert private.stat().st_mode & 0o077 == 0
    assert upload_changes(again) == 0


def test_without_a_change_nothing_is_written(full: Settings, steps: Steps) -> None:
    assert fetch_missing(full) == upload_changes(full) == 0
    assert steps.done == 0


def test_a_reader_follows_one_small_object_to_a_whole_version(full: Settings, tmp_path: Path) -> None:
    folder = full.published / "current"
    published = {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("**/*") if path.is_file()}
    assert read_by_a_reader(tmp_path / "store" / "published") == published
    pointer = json.loads((tmp_path / "store" / "published" / "current.json").read_text())
    assert (tmp_path / "store" / "published" / pointer["parquet"] / "mart_spend.parquet").exists()


def _work(settings: Settings) -> None:
    """Another export, another version, and a decision."""
    Home(settings).drop("b.csv", GOOD.replace("Brand", "Other")).load()
    (sha256,) = [path.parent.name for path in settings.archive.glob("??/*/record.json")][:1]
    decide(settings, sha256, "withdraw")
    small_build(settings, [*SPEND, ("2026-11-01", "Email", "9.00")])
    publish(settings)


def test_an_upload_killed_at_any_step_leaves_the_state_before_or_after_and_is_completed_by_the_next(
    full: Settings, house: House, steps: Steps, tmp_path: Path
) -> None:
    full = replace(full, keep_versions=1)  # so that something is left to do after the pointer was moved
    store, kept = tmp_path / "store", tmp_path / "kept"
    before, read_before = files(full), read_by_a_reader(store / "published")
    shutil.copytree(store, kept / "store")
    shutil.copytree(full.home / "objects", kept / "objects")
    _work(full)
    after = files(full)
    reached, number = set(), 0
    while True:
        for name, folder in (("store", store), ("objects", full.home / "objects")):
            shutil.rmtree(folder)
            shutil.copytree(kept / name, folder)
        steps.done, steps.last = 0, number
        try:
            upload_changes(full)
        except Killed:
            pass
        else:
            break
        steps.last = None
        read_after = read_by_a_reader(store / "published")
        found = restored(house(f"killed {number}"))
        for room, state in _states(found).items():
            assert state in (_states(before)[room], _states(after)[room]), (number, room)
            reached.add((room, state == _states(after)[room]))
        version = read_by_a_reader(store / "published")
        assert version in (read_before, _current(full)) and version == read_after
        upload_changes(full)
        assert restored(house(f"completed {number}")) == after
        number += 1
    assert number > 12
    assert reached == {(room, is_after) for room in ("archive", "raw", "published") for is_after in (False, True)}


def _states(found: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Each is whole by itself; of the archive there may be more than the raw layer knows yet."""
    rooms: dict[str, dict[str, bytes]] = {"archive": {}, "raw": {}, "published": {}}
    for name, content in found.items():
        room = name.partition("/")[0]
        rooms["archive" if room == "quarantine" else room][name] = content
    return rooms


def _current(settings: Settings) -> dict[str, bytes]:
    folder = settings.published / "current"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("**/*") if path.is_file()}


def test_a_file_that_another_task_replaces_during_an_upload_is_put_as_it_is_then(
    full: Settings, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _work(full)
    decisions = next(full.archive.glob("??/*/decisions.json"))
    put, done = Place.upload, []

    def replaced_first(place: Place, wanted: dict[str, Path]) -> None:
        if not done and any(path == decisions for path in wanted.values()):
            done.append(decisions)
            decisions.write_bytes(decisions.read_bytes().replace(b"withdraw", b"accept"))
        put(place, wanted)

    monkeypatch.setattr(Place, "upload", replaced_first)
    upload_changes(full)
    assert done
    assert restored(house("again")) == files(full)


def test_a_restore_killed_at_any_step_is_completed_by_the_next(full: Settings, house: House, steps: Steps) -> None:
    number = 0
    while True:
        again = house(f"again {number}")
        steps.done, steps.last = 0, number
        try:
            fetch_missing(again)
        except Killed:
            steps.last = None
            assert restored(again) == files(full)
            number += 1
        else:
            break
    assert number > 8


def test_what_is_gone_from_the_house_is_gone_from_the_store(full: Settings, house: House, tmp_path: Path) -> None:
    (batch,) = (full.raw / "ads_performance").glob("*.parquet")
    objects = set((tmp_path / "store" / "raw" / "objects").glob("*/*"))
    (full.raw / "_batches" / f"{batch.stem}.json").unlink()
    batch.unlink()
    upload_changes(full)
    assert len(objects - set((tmp_path / "store" / "raw" / "objects").glob("*/*"))) == 2
    assert restored(house("again")) == files(full)


def test_versions_beyond_those_that_are_kept_leave_the_store_and_a_rollback_moves_its_pointer(
    full: Settings, house: House, tmp_path: Path
) -> None:
    for day in range(1, 5):
        small_build(full, [*SPEND, (f"2026-11-0{day}", "Email", "9.00")])
        publish(full)
        upload_changes(full)
    store = tmp_path / "store" / "published"
    assert sorted(path.name for path in (store / "versions").iterdir()) == sorted(
        version.version for version in versions(full)
    )
    assert len(versions(full)) < 5
    before = rollback(full)
    upload_changes(full)
    assert json.loads((store / "current.json").read_text())["version"] == before.version
    assert restored(house("again")) == files(full)


def test_tasks_fetch_before_and_upload_after(
    full: Settings, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = house("again")
    for room in ("archive", "raw", "published"):
        monkeypatch.setenv(f"FUNNELHOUSE_{room.upper()}_URL", f"file://{tmp_path}/store/{room}")
    monkeypatch.setenv("FUNNELHOUSE_PII_KEY", KEY)
    monkeypatch.setenv("FUNNELHOUSE_HOME", str(again.home))
    Home(again).drop("b.csv", GOOD.replace("Brand", "Other"))
    events: Any = defaultdict(lambda: defaultdict(list))

    class Events:
        def __getitem__(self, alias: Any) -> Any:
            class One:
                def add(self, asset: Any, extra: Any) -> None:
                    events[alias.name][asset.name].append(extra)

            return One()

    dag_parts.receive(None, None, Events())
    assert set(files(full)) <= set(files(again)) | {"archive/seen.json"}
    dag_parts.extract(None, "ads", {"replay": False, "only": None}, Events())
    assert {name: list(assets) for name, assets in events.items()} == {
        "archived": ["archive/ads"],
        "extracted": ["raw/ads"],
    }
    assert len(list((again.raw / "ads_performance").glob("*.parquet"))) == 2
    assert restored(house("third")) == files(again)


def test_a_decision_by_command_is_in_the_store_at_once(
    full: Settings, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("archive", "raw", "published"):
        monkeypatch.setenv(f"FUNNELHOUSE_{room.upper()}_URL", f"file://{tmp_path}/store/{room}")
    monkeypatch.setenv("FUNNELHOUSE_PII_KEY", KEY)
    done = CliRunner().invoke(app, ["withdraw", "a.csv", "--home", str(full.home)])
    assert done.exit_code == 0, done.output
    again = house("again")
    fetch_missing(again)
    (sha256,) = {path.parent.name for path in again.archive.glob("??/*/decisions.json")}
    decision = standing_decision(again, sha256)
    assert decision is not None and decision.verb == "withdraw"


def test_a_new_home_without_the_key_of_the_house_gets_nothing(full: Settings, house: House) -> None:
    for key in ("77" * 32, ""):
        other = house(f"other {key[:2]}", key)
        with pytest.raises(StoreRefused, match="FUNNELHOUSE_PII_KEY"):
            fetch_missing(other)
        assert not files(other)
        assert not (other.home / "pii.key").exists()


def test_two_houses_that_write_to_one_url_are_stopped_before_anything_is_lost(full: Settings, house: House) -> None:
    second = house("second")
    fetch_missing(second)
    Home(second).drop("b.csv", GOOD.replace("Brand", "Second")).load()
    Home(full).drop("c.csv", GOOD.replace("Brand", "First")).load()
    upload_changes(full)
    mine, theirs = files(second), files(full)
    for act in (fetch_missing, upload_changes):
        with pytest.raises(StoreRefused, match="two houses"):
            act(second)
        assert files(second) == mine
    assert restored(house("third")) == theirs


def test_a_house_without_changes_of_its_own_follows_what_was_committed(full: Settings, house: House) -> None:
    """A worker hands over to another."""
    second = house("second")
    fetch_missing(second)
    _work(full)
    upload_changes(full)
    fetch_missing(second)
    assert files(second)["raw/_files/" + next(iter(Home(full).ledger().values()))["sha256"] + ".json"]
    assert _states(files(second))["raw"] == _states(files(full))["raw"]
    assert _states(files(second))["archive"] == _states(files(full))["archive"]


def test_a_damaged_content_is_never_brought_home(full: Settings, house: House, tmp_path: Path) -> None:
    (batch,) = (full.raw / "ads_performance").glob("*.parquet")
    content = batch.read_bytes()
    (stored,) = [path for path in (tmp_path / "store" / "raw" / "objects").glob("*/*") if path.read_bytes() == content]
    stored.write_bytes(content[:-1] + b"?")
    again = house("again")
    with pytest.raises(StoreRefused, match="not what its index says"):
        fetch_missing(again)
    assert not list((again.raw / "ads_performance").glob("*.parquet"))
    stored.write_bytes(content)
    assert restored(again) == files(full)


@pytest.mark.parametrize("path", ["raw/../../outside", "/etc/outside", "logs/outside", "raw"])
def test_an_index_that_names_places_outside_of_its_rooms_is_refused(
    full: Settings, house: House, tmp_path: Path, path: str
) -> None:
    index = max((tmp_path / "store" / "raw" / "index").iterdir())
    document = json.loads(index.read_text())
    document["files"] = {path: next(iter(document["files"].values()))}
    index.write_text(json.dumps(document))
    with pytest.raises(StoreRefused, match="is no file of"):
        fetch_missing(house("again"))
    assert not (tmp_path / "outside").exists()


def test_a_torn_index_of_a_killed_writer_is_passed_over(full: Settings, house: House, tmp_path: Path) -> None:
    (tmp_path / "store" / "raw" / "index" / "00000002.json").write_text('{"number": 2, "tok')
    assert restored(house("again")) == files(full)
    _work(full)
    upload_changes(full)
    assert restored(house("third")) == files(full)
