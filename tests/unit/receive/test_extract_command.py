"""`funnelhouse extract FILE...`: single files loaded by hand, reported as a dry run reports them."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from funnelhouse.cli import app
from funnelhouse.files import TEMPORARY_MARK
from funnelhouse.receive import front_door
from funnelhouse.running.run_once import make_plan
from funnelhouse.settings import Settings
from funnelhouse.store.archive import take_in
from funnelhouse.store.batches import read_batches

REPORT = """Campaign report
"October 1, 2026 - October 2, 2026"
Day,Campaign,Campaign ID,Currency code,Cost,Impr.,Clicks
2026-10-01,Autumn,11,EUR,"1,204.50",10000,201
2026-10-02,Autumn,11,EUR,998.10,9250,199
Total: Campaigns, --, --, EUR,"2,202.60",19250,400
"""


def _extract(settings: Settings, *arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["extract", *map(str, arguments), "--home", str(settings.home)])


def _reported(settings: Settings, *arguments: str | Path) -> list[dict[str, Any]]:
    result = _extract(settings, *arguments, "--json")
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report of two days beside a manifest that says whose it is."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    path = folder / "Campaign report.csv"
    path.write_text(REPORT, encoding="utf-8")
    (folder / "_manifest.yml").write_text("account_id: 482-615\ntimezone: Europe/Berlin\n", encoding="utf-8")
    return path


def test_a_loaded_file_is_told_as_the_dry_run_told_it(settings: Settings, report: Path) -> None:
    (before,) = _reported(settings, report, "--dry-run")
    assert read_batches(settings.raw) == []
    (after,) = _reported(settings, report)
    assert after["rows"] == {"in": 3, "loaded": 2, "rejected": 0, "dropped": {"total_rows": 1}}
    assert after["sums"] == {"spend": "2202.6", "impressions": "19250", "clicks": "400"}
    same = ("file", "outcome", "reason", "contract", "entity", "source", "account", "period", "rows", "sums")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert len(read_batches(settings.raw)) == 1


def test_the_same_bytes_again_change_nothing_and_it_says_so(settings: Settings, report: Path) -> None:
    _reported(settings, report)
    (again,) = _reported(settings, report)
    assert "no row is new" in again["message"]
    assert again["rows"]["loaded"] == 2
    assert len(read_batches(settings.raw)) == 1


def test_the_command_line_wins_over_every_line_of_the_manifest(settings: Settings, report: Path) -> None:
    manifest = "account_id: '1'\ntimezone: Europe/Berlin\nfiles:\n  '*.csv':\n    account_id: '2'\n"
    (report.parent / "_manifest.yml").write_text(manifest, encoding="utf-8")
    (loaded,) = _reported(settings, report, "--account", "3")
    assert loaded["account"] == "3"


def test_one_refused_file_leaves_the_others_loaded_and_the_exit_code_says_so(settings: Settings, report: Path) -> None:
    other = report.parent / "plants.csv"
    other.write_text("plant,height\nfern,12\n", encoding="utf-8")
    result = _extract(settings, other, report)
    assert result.exit_code == 1
    assert "plants.csv: refused (unknown_kind)" in result.stdout
    assert "2 loaded + 0 rejected + 1 dropped by rule (total_rows 1)" in result.stdout
    assert "funnelhouse run" in result.stdout
    assert len(read_batches(settings.raw)) == 1


def test_a_broken_manifest_is_a_refusal_and_no_traceback(settings: Settings, report: Path) -> None:
    (report.parent / "_manifest.yml").write_text("- a list\n", encoding="utf-8")
    (refused,) = _reported(settings, report)
    assert (refused["outcome"], refused["reason"]) == ("refused", "bad_manifest")


def test_a_run_that_starts_meanwhile_leaves_the_file_alone(
    settings: Settings, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A starting run removes what killed processes left unfinished; the copy of a living one is not that."""

    def interrupted(source: Path, target: Path) -> tuple[str, int, Path]:
        taken = take_in(source, target)
        assert not make_plan(settings, None).write_sample
        return taken

    (settings.archive / "incoming").mkdir()
    (settings.archive / "incoming" / f".incoming{TEMPORARY_MARK}1234abcd").write_bytes(b"of an older release")
    monkeypatch.setattr(front_door, "take_in", interrupted)
    (after,) = _reported(settings, report)
    assert after["outcome"] == "loaded"
    assert after["rows"]["loaded"] == 2
    assert not list((settings.archive / "incoming").iterdir())


def test_after_a_full_disk_the_same_command_loads_the_file(
    settings: Settings, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for place in ("funnelhouse.store.archive.replacing", "funnelhouse.extract.commit.commit_batch"):
        with monkeypatch.context() as patch:
            patch.setattr(place, full)
            result = _extract(settings, report)
        assert result.exit_code == 1
        assert "disk_full" in result.output and "run again" in " ".join(result.output.split())
        assert "Traceback" not in result.output
    (after,) = _reported(settings, report)
    assert (after["outcome"], after["rows"]["loaded"]) == ("loaded", 2)
    assert len(read_batches(settings.raw)) == 1
