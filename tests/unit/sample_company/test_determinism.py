"""The same arguments give the same bytes, whenever and wherever; the parameters do what they say."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from sample_company.generate import write_sample
from sample_company.world import make_world


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_arguments_same_bytes_in_another_process(sample_folder: Path, tmp_path: Path) -> None:
    """Another process, with another hash seed, time zone and locale."""
    code = (
        "from pathlib import Path; from sample_company.generate import write_sample;"
        f"write_sample(Path({str(tmp_path)!r}) / 'inbox', Path({str(tmp_path)!r}) / 'truth', months=3, scale=0.2)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert _hashes(tmp_path) == _hashes(sample_folder)


def test_the_firm_is_the_same_in_another_process(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from sample_company.generate import write_sample;"
        f"a = Path({str(tmp_path)!r}) / 'a';"
        "write_sample(a / 'inbox', a / 'truth', company='firm', months=2, scale=0.5)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    write_sample(tmp_path / "b" / "inbox", tmp_path / "b" / "truth", company="firm", months=2, scale=0.5)
    assert _hashes(tmp_path / "a") == _hashes(tmp_path / "b")


def test_the_firm_has_merged_records_in_its_newest_export(tmp_path: Path) -> None:
    """Else the comparison with its truth would prove nothing about them."""
    write_sample(tmp_path, company="firm", months=4, scale=0.5)
    old, new = (path.read_text(encoding="utf-8") for path in sorted(tmp_path.rglob("*all-contacts*.csv")))
    merged = re.findall(r'"(14\d{5}):\d{13}"', new)
    assert len(merged) > 5
    assert any(f'"{copy}","' in old for copy in merged), "some were still two people in the export before"
    deals = sorted(tmp_path.rglob("*all-deals*.csv"))[-1].read_text(encoding="utf-8")
    assert len(re.findall(r',"(31\d{9})"\n', deals)) > 3


def test_writing_again_into_the_same_folder_changes_nothing(sample_folder: Path, tmp_path: Path) -> None:
    for _ in range(2):
        write_sample(tmp_path / "inbox", tmp_path / "truth", months=3, scale=0.2)
    assert _hashes(tmp_path) == _hashes(sample_folder)


def test_a_broken_off_write_leaves_the_folder_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the next run would take half a company for the user's own files."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr("sample_company.mess.write", lambda world, output: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_sample(inbox, months=1, scale=0.1)
    assert list(inbox.iterdir()) == []
    write_sample(inbox, months=1, scale=0.1)
    assert [path.name for path in tmp_path.iterdir()] == ["inbox"]
    assert (inbox / "salesforce").is_dir()


def test_another_seed_is_another_company(sample_folder: Path, tmp_path: Path) -> None:
    write_sample(tmp_path / "inbox", months=3, scale=0.2, seed=7)
    ours, theirs = _hashes(tmp_path / "inbox"), _hashes(sample_folder / "inbox")
    daily = "google_ads/4826159043/2026-11-01/Daily campaign report.csv"
    assert ours[daily] != theirs[daily]


def test_zip_members_are_stored_with_the_export_date(sample_folder: Path) -> None:
    """Compressed bytes differ between zlib versions; stored ones cannot."""
    import zipfile

    for path in [*sample_folder.rglob("*.ZIP"), *sample_folder.rglob("*.xlsx")]:
        with zipfile.ZipFile(path) as archive:
            assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}, path
    newest = max(sample_folder.rglob("*.ZIP"))
    with zipfile.ZipFile(newest) as archive:
        assert archive.infolist()[0].date_time == (2026, 11, 1, 2, 0, 0)


def test_summary_counts_what_is_there(tmp_path: Path) -> None:
    summary = write_sample(tmp_path, months=1, scale=0.1)
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "_manifest.yml"]
    assert summary.files == len(files) == len(summary.written)
    assert summary.bytes == sum(path.stat().st_size for path in files)
    assert summary.rows == sum(one.rows for one in summary.written) > 0


@pytest.mark.parametrize(
    ("months", "end", "start"),
    [(24, date(2026, 10, 31), date(2024, 11, 1)), (1, date(2026, 3, 15), date(2026, 3, 1)),
     (14, date(2026, 1, 1), date(2024, 12, 1))],
)  # fmt: skip
def test_story_spans_calendar_months(months: int, end: date, start: date) -> None:
    world = make_world(months=months, end=end, scale=1, seed=1)
    assert (world.start, world.end) == (start, end)


@pytest.mark.parametrize("wrong", [{"months": 0}, {"scale": 0}, {"scale": -1}, {"company": "bank"}])
def test_impossible_parameters_are_refused(wrong: dict[str, float | str], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        write_sample(tmp_path, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("end", [date(2026, 10, 21), date(2026, 1, 3), date(2026, 2, 28)])
@pytest.mark.parametrize("months", [1, 2])
def test_short_stories_ending_anywhere_have_every_source(months: int, end: date, tmp_path: Path) -> None:
    write_sample(tmp_path / "inbox", tmp_path / "truth", months=months, end=end, scale=0.2)
    sources = {path.name for path in (tmp_path / "inbox").iterdir() if path.is_dir()}
    assert sources == {
        "google_ads", "meta_ads", "microsoft_ads", "linkedin_ads", "mailchimp", "klaviyo", "meta_business",
        "linkedin_page", "ga4", "salesforce", "hubspot", "aircall", "plans",
    }  # fmt: skip
    assert len((tmp_path / "truth" / "won_lines.csv").read_text(encoding="utf-8").splitlines()) > 10


def test_scale_grows_leads_and_rows_of_ads(tmp_path: Path) -> None:
    """Twice the scale: about twice the leads, and each ad campaign has a second variant."""
    leads, campaigns = [], []
    for scale in (1.0, 2.0):
        write_sample(tmp_path / str(scale), tmp_path / f"truth{scale}", months=1, scale=scale)
        leads.append(len((tmp_path / f"truth{scale}" / "leads.csv").read_text(encoding="utf-8").splitlines()))
        text = (tmp_path / f"truth{scale}" / "ad_spend_daily.csv").read_text(encoding="utf-8")
        campaigns.append({line.split(",")[3] for line in text.splitlines()[1:]})
    assert 1.6 < leads[1] / leads[0] < 2.4
    assert len(campaigns[1]) == 2 * len(campaigns[0])
