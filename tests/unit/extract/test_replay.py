"""Replay: after a change of contracts exactly the affected files are read again, and readers never see half."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from funnelhouse.commands.replay import replay_files
from funnelhouse.extract.replay import Change, Selection, replay
from funnelhouse.maintenance import remove_superseded
from funnelhouse.receive.inbox import waiting_channels
from funnelhouse.store.batches import announced, read_batches
from funnelhouse.transform.raw_views import expose_raw
from tests.unit.reading.conftest import GOOD, Home
from tests.unit.reading.test_bad_input import zipped

RADIO = """
title: Local radio spots
source: radio
evidence: file
detect: {required: [date, spend, campaign_name]}
fields:
  date: {labels: [Aired on], required: true}
  campaign_name: {labels: [Spot], level: campaign}
  spend: {labels: [%s]}
grain: {day: date}
outputs: [{entity: ads_performance}]
"""
SPOTS = "Aired on,Spot,Paid,Paid with tax\n2026-10-01,Jingle,10.50,12.60\n2026-10-02,Jingle,4.00,4.80\n"
"""Net 14.50, with tax 17.40."""


@pytest.fixture
def home(settings) -> Home:  # type: ignore[no-untyped-def]
    return Home(settings)


def contract(home: Home, label: str = "Paid", name: str = "radio__spots") -> None:
    (home.settings.user_contracts / f"{name}.yml").write_text(RADIO % label, encoding="utf-8")


def spend(home: Home, source: str) -> str:
    """Sum of the batches that count."""
    return str(sum(float(batch.sums["spend"]) for batch in read_batches(home.settings.raw) if batch.source == source))


def parquet(home: Home) -> dict[str, tuple[bytes, int]]:
    paths = (home.settings.raw / "ads_performance").glob("*.parquet")
    return {path.stem: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}


def again(home: Home, **asked: object) -> list[Change]:
    return replay(home.settings, Selection(**asked)).changes  # type: ignore[arg-type]


def test_a_changed_contract_reads_its_files_again_and_touches_no_other(home: Home) -> None:
    contract(home)
    home.drop("radio/spots.csv", SPOTS).drop("google.csv", GOOD).load()
    before = parquet(home)
    assert (spend(home, "radio"), spend(home, "google_ads")) == ("14.5", "1254.75")
    (old,) = (batch for batch in read_batches(home.settings.raw) if batch.source == "radio")

    contract(home, "Paid with tax")
    (change,) = again(home)

    assert change.file == "radio/spots.csv"
    assert change.why == "changed: radio__spots"
    assert (change.before.rows_loaded, change.after.rows_loaded) == (2, 2)
    assert (spend(home, "radio"), spend(home, "google_ads")) == ("17.4", "1254.75")
    after = parquet(home)
    untouched = set(before) - {old.batch_id}
    assert untouched and {name: after[name] for name in untouched} == {name: before[name] for name in untouched}
    assert len(read_batches(home.settings.raw)) == 2


def test_an_unchanged_archive_is_left_alone(home: Home) -> None:
    contract(home)
    home.drop("radio/spots.csv", SPOTS).drop("plants.csv", "plant,height\nfern,12\n").load()
    expose_raw(home.settings.build_file, home.settings.raw)  # a build that has read what was loaded
    raw = {path: path.stat().st_mtime_ns for path in home.settings.raw.rglob("*") if path.is_file()}
    assert again(home) == []
    # A comment or another title does not change what the contract does.
    text = (RADIO % "Paid").replace("Local radio spots", "Radio")
    (home.settings.user_contracts / "radio__spots.yml").write_text(f"# tidied\n{text}", encoding="utf-8")
    assert again(home) == []
    assert {path: path.stat().st_mtime_ns for path in home.settings.raw.rglob("*") if path.is_file()} == raw
    assert waiting_channels(home.settings) == []


def test_a_refused_file_is_loaded_once_a_contract_claims_it_with_all_that_came_with_it(home: Home) -> None:
    home.drop("radio/FM-7/spots.csv", SPOTS).drop("radio/FM-7/_manifest.yml", "currency: EUR\n").load()
    assert home.outcomes()["spots.csv"] == ("refused", "unknown_kind")
    assert again(home) == []

    contract(home)
    (change,) = again(home)

    assert change.why == "now claimed by radio__spots"
    assert (change.before.outcome, change.after.outcome) == ("refused", "loaded")
    assert home.outcomes()["spots.csv"] == ("loaded", None)
    (batch,) = read_batches(home.settings.raw)
    # The folder named a source that nobody knew when the file came: now it does, and the manifest was kept.
    assert (batch.source, batch.account_id) == ("radio", "FM-7")
    assert home.rows("ads_performance", "distinct currency") == [("EUR",)]
    assert not (home.settings.quarantine / "files" / batch.file_sha256).exists()
    assert again(home) == []


def test_a_contract_that_is_gone_takes_its_rows_along(home: Home) -> None:
    contract(home)
    home.drop("radio/spots.csv", SPOTS).load()
    (home.settings.user_contracts / "radio__spots.yml").unlink()
    (change,) = again(home)
    assert change.why == "no contract claims it any more"
    assert (change.after.outcome, change.after.reason) == ("refused", "unknown_kind")
    assert read_batches(home.settings.raw) == []
    contract(home)
    assert [change.after.rows_loaded for change in again(home)] == [2]
    assert spend(home, "radio") == "14.5"


def test_of_an_archive_only_the_tables_of_the_changed_contract_are_made_anew(home: Home) -> None:
    contract(home)
    home.drop("both.zip", zipped({"spots.csv": SPOTS.encode(), "google.csv": GOOD.encode()})).load()
    before = {batch.source: batch for batch in read_batches(home.settings.raw)}
    kept = parquet(home)[before["google_ads"].batch_id]
    contract(home, "Paid with tax")
    assert len(again(home)) == 1
    after = {batch.source: batch for batch in read_batches(home.settings.raw)}
    assert after["google_ads"] == before["google_ads"]
    assert parquet(home)[before["google_ads"].batch_id] == kept
    assert after["radio"].batch_id != before["radio"].batch_id
    assert len(after) == 2


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 1), ({"channel": "ads"}, 1), ({"channel": "crm"}, 0), ({"source": "radio"}, 1),
        ({"source": "google_ads"}, 0), ({"contract": "radio__spots"}, 1), ({"contract": "google_ads__ui_table"}, 0),
        ({"files": ("spots.csv",)}, 1), ({"files": ("radio/*",)}, 1), ({"files": ("google.csv",)}, 0),
        ({"since": "2020-01-01"}, 1), ({"since": "2999-01-01"}, 0), ({"until": "2020-01-01"}, 0),
        ({"everything": True}, 2), ({"everything": True, "channel": "email"}, 0),
    ],
)  # fmt: skip
def test_what_is_looked_at_may_be_narrowed(home: Home, asked: dict[str, object], count: int) -> None:
    contract(home)
    home.drop("radio/spots.csv", SPOTS).drop("google.csv", GOOD).load()
    contract(home, "Paid with tax")
    assert len(again(home, **asked)) == count


def test_a_dry_run_says_what_would_change_and_changes_nothing(home: Home) -> None:
    contract(home)
    home.drop("radio/spots.csv", SPOTS).load()
    contract(home, "Paid with tax")
    raw = {path: path.stat().st_mtime_ns for path in home.settings.home.rglob("*") if path.is_file()}
    (change,) = replay(home.settings, Selection(), dry_run=True).changes
    assert (change.before.contracts, change.after.contracts) == (["radio__spots"], ["radio__spots"])
    assert {path: path.stat().st_mtime_ns for path in home.settings.home.rglob("*") if path.is_file()} == raw


def test_what_changed_is_announced_until_a_build_reads_it(home: Home) -> None:
    contract(home)
    home.drop("radio/spots.csv", SPOTS).load()
    contract(home, "Paid with tax")
    again(home)
    assert announced(home.settings.raw) == waiting_channels(home.settings) == ["ads"]
    expose_raw(home.settings.build_file, home.settings.raw)
    assert waiting_channels(home.settings) == []


def test_replaced_rows_are_deleted_by_the_nightly_care_once_no_build_can_read_them(home: Home) -> None:
    contract(home)
    home.drop("radio/spots.csv", SPOTS).load()
    contract(home, "Paid with tax")
    again(home)
    assert len(parquet(home)) == 2
    assert remove_superseded(home.settings) == 0
    assert remove_superseded(home.settings, older_than=float("inf")) == 1
    assert set(parquet(home)) == {batch.batch_id for batch in read_batches(home.settings.raw)}
    # Going back to the old contract makes the old batch again.
    contract(home)
    again(home)
    assert spend(home, "radio") == "14.5"


def test_no_room_during_a_replay_leaves_the_file_as_it_was(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from funnelhouse.extract import commit

    contract(home)
    home.drop("radio/spots.csv", SPOTS).load()
    contract(home, "Paid with tax")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(commit, "_move", full)
        again(home)
    assert (spend(home, "radio"), home.outcomes()["spots.csv"]) == ("14.5", ("loaded", None))
    home.load()
    assert spend(home, "radio") == "17.4"


def test_batches_that_are_gone_are_named_with_how_to_fix_it(home: Home) -> None:
    from funnelhouse.store.batches import RawDamaged

    home.drop("google.csv", GOOD).load()
    (path,) = (home.settings.raw / "_batches").glob("*.json")
    path.unlink()
    with pytest.raises(RawDamaged, match="funnelhouse replay --all --file"):
        read_batches(home.settings.raw)
    assert len(again(home, everything=True)) == 1
    assert spend(home, "google_ads") == "1254.75"


def test_the_conditions_of_a_reading_are_kept_with_its_outcome(home: Home) -> None:
    contract(home)
    home.drop("radio/spots.csv", SPOTS).load()
    (path,) = (home.settings.raw / "_files").glob("*.json")
    entry = json.loads(Path(path).read_text(encoding="utf-8"))
    assert [table[1] for table in entry["recognised"]] == ["radio__spots"]
    assert set(entry["conditions"]) == {"contracts", "limits", "reader"}
    assert len(entry["batches"]) == 1


def test_files_of_an_earlier_reader_are_counted_and_read_again_only_on_request(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    home.drop("google.csv", GOOD).load()
    assert replay(home.settings, Selection()).by_earlier_reader == 0
    (path,) = (home.settings.raw / "_files").glob("*.json")
    entry = json.loads(path.read_text(encoding="utf-8"))
    entry["conditions"]["reader"] = "an earlier one"
    path.write_text(json.dumps(entry), encoding="utf-8")
    replay_files(Console(width=200), home.settings, {}, dry_run=False, as_json=False)
    printed = capsys.readouterr().out
    assert "1 of 1 files were read by an earlier version of the reader." in printed
    assert "funnelhouse replay --all" in printed and "Nothing to replay" in printed
    assert len(again(home, everything=True)) == 1
    assert replay(home.settings, Selection()).by_earlier_reader == 0


def test_the_command_tells_what_each_file_was_and_is(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    from typer.testing import CliRunner

    from funnelhouse.cli import app

    def replayed(*options: str) -> str:
        done = CliRunner().invoke(app, ["replay", "--home", str(home.settings.home), *options])
        assert done.exit_code == 0, done.output
        return " ".join(capsys.readouterr().out.split() + done.output.split())

    contract(home)
    home.drop("radio/spots.csv", SPOTS).load()
    assert "Nothing to replay" in replayed()
    contract(home, "Paid with tax")
    (told,) = json.loads(
        CliRunner().invoke(app, ["replay", "--home", str(home.settings.home), "--dry-run", "--json"]).output
    )["files"]
    assert (told["file"], told["why"]) == ("radio/spots.csv", "changed: radio__spots")
    assert "1 of 1 files read again" in replayed()
    assert "Nothing to replay" in replayed()
    assert CliRunner().invoke(app, ["replay", "--since", "yesterday"]).exit_code == 1
