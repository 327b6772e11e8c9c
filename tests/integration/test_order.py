"""The same files in any order, each twice: identical published tables."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from funnelhouse.publish.publisher import table_hashes
from funnelhouse.settings import Settings, load_settings
from tests import pipeline
from tests.bare_build import BareBuild

pytestmark = pytest.mark.slow


def test_any_order_of_arrival_and_every_file_twice_give_identical_tables(
    sample_house: Settings, sample_folder: Path, bare_build: BareBuild, tmp_path: Path
) -> None:
    """Files arrive one folder at a time in a shuffled order, with a copy of each under another name."""
    settings = load_settings(tmp_path / "home")
    files = sorted(path for path in (sample_folder / "inbox").rglob("*") if path.is_file() and path.name[0] != "_")
    random.Random(7).shuffle(files)
    for position in range(0, len(files), 10):
        inbox = tmp_path / f"drop{position}"
        for path in files[position : position + 10]:
            _copy_twice(path, sample_folder / "inbox", inbox)
        pipeline.load(settings, inbox)
    bare_build.build(settings)

    # The other house was built by dbt and published: the bare build is held against it, too.
    expected = table_hashes(sample_house.published_file.resolve(), schemas=("marts",))
    assert table_hashes(settings.build_file, schemas=("marts",)) == expected


def _copy_twice(path: Path, root: Path, inbox: Path) -> None:
    target = inbox / path.relative_to(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    for manifest in (path.parent / "_manifest.yml", path.parent.parent / "_manifest.yml"):
        if manifest.exists():
            copied = inbox / manifest.relative_to(root)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(manifest, copied)
    shutil.copy2(path, target)
    shutil.copy2(path, target.with_name(f"zz copy of {path.name}"))
