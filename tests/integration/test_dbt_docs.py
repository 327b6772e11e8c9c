"""dbt's documentation as one page that may be passed on."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from funnelhouse.cli import main
from funnelhouse.files import sha256_of
from funnelhouse.settings import REPOSITORY, Settings, load_settings
from funnelhouse.transform.dbt_runner import target_folder

pytestmark = pytest.mark.slow


def test_the_page_has_every_mart_needs_no_network_names_no_folder_and_leaves_the_build_alone(
    sample_house: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load_settings(tmp_path / "home")
    for name in ("build", "raw"):
        shutil.copytree(sample_house.home / name, settings.home / name)
    kept = {path: sha256_of(path) for path in (settings.build_file, target_folder(settings) / "manifest.json")}
    with pytest.raises(SystemExit) as left:
        main(["docs", "--dbt", "--home", str(settings.home)])
    said = capsys.readouterr()
    assert left.value.code == 0, said.err
    page = (settings.reports / "dbt-docs.html").read_text(encoding="utf-8")
    assert "reports/dbt-docs.html" in "".join(said.out.split())
    for name in ("mart_roi", "fct_opportunity", "dim_channel"):
        assert f'"model.funnelhouse.{name}"' in page
    assert '"exposure.funnelhouse.workbook"' in page and "What marketing and sales earned" in page
    for folder in (sample_house.home, settings.home, tmp_path, REPOSITORY):
        assert str(folder) not in page
    assert not re.search(r'<(script|link|img|iframe)[^>]*\s(src|href)="(https?:)?//', page)
    assert {path: sha256_of(path) for path in kept} == kept
    assert [path.name for path in settings.build.iterdir() if ".tmp-" in path.name] == []


def test_a_home_without_a_build_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["docs", "--dbt", "--home", str(tmp_path / "home")])
    assert left.value.code == 1
    assert "`make run` builds it" in " ".join(capsys.readouterr().err.split())
