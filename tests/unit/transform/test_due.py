"""What a build has to do after what came, changed or went since the last complete one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from funnelhouse.settings import Settings
from funnelhouse.store.batches import read_batches
from funnelhouse.store.standing import LeftOut
from funnelhouse.transform import due
from funnelhouse.transform.raw_views import expose_raw
from tests.raw_factory import RawFactory

DAY = date(2026, 10, 31)
LEAD = {"record_id": "L1", "status": "New"}


@pytest.fixture
def built(settings: Settings, raw: RawFactory) -> Iterator[RawFactory]:
    """A home with one lead, built on DAY."""
    raw.add("crm_leads", [LEAD])
    expose_raw(settings.build_file, settings.raw)
    assert due.begin(settings, DAY).everything
    due.complete(settings)
    yield raw


def asked(settings: Settings, day: date = DAY, *, full: bool = False) -> due.Due:
    expose_raw(settings.build_file, settings.raw)
    return due.begin(settings, day, full=full)


def test_without_a_change_nothing_is_due(settings: Settings, built: RawFactory) -> None:
    assert not asked(settings)
    assert asked(settings, full=True).arguments == ["--full-refresh"]


def test_new_batches_make_their_entity_and_what_was_loaded_due(settings: Settings, built: RawFactory) -> None:
    built.add("crm_leads", [{"record_id": "L2", "status": "New"}], exported_at="2026-10-31T12:00:00")
    assert asked(settings) == due.Due(("source:raw.crm_leads+", "stg_batches+"), everything=False, full_refresh=False)


def test_another_day_makes_what_names_the_day_due(settings: Settings, built: RawFactory) -> None:
    assert asked(settings, date(2026, 11, 1)).select == ("tag:dated+",)


def test_an_earlier_day_is_built_whole(settings: Settings, built: RawFactory) -> None:
    assert asked(settings, date(2026, 10, 30)).full_refresh


def test_an_export_that_replaces_records_is_built_whole(settings: Settings, built: RawFactory) -> None:
    built.add("crm_leads", [LEAD], restatement="full", exported_at="2026-11-01T00:00:00")
    assert asked(settings).full_refresh


def test_an_export_that_replaces_days_of_ads_is_not(settings: Settings, built: RawFactory) -> None:
    built.add("ads_performance", [], restatement="replace_period", source="google_ads")
    assert asked(settings).select == ("source:raw.ads_performance+", "stg_batches+")
    assert not asked(settings).full_refresh


def test_a_batch_that_is_gone_is_built_whole(settings: Settings, built: RawFactory) -> None:
    for lineage in (settings.raw / "_batches").glob("*.json"):
        lineage.unlink()
    assert asked(settings).full_refresh


def test_other_settings_are_built_whole(settings: Settings, built: RawFactory) -> None:
    settings.own_pipelines.mkdir(exist_ok=True)
    (settings.own_pipelines / "departments.csv").write_text("label,department\nfair,Events\n", encoding="utf-8")
    assert asked(settings) == due.Due((), everything=True, full_refresh=True)


def test_what_a_build_did_not_end_is_due_again(settings: Settings, built: RawFactory) -> None:
    built.add("crm_leads", [{"record_id": "L2"}], exported_at="2026-10-31T12:00:00")
    first = asked(settings)
    built.add("crm_accounts", [{"record_id": "A1"}], exported_at="2026-10-31T13:00:00")
    second = asked(settings)
    assert set(first.select) < set(second.select)
    assert built.rows("select count(*) as new from raw._batches where is_new") == [{"new": 2}]
    due.complete(settings)
    assert not asked(settings)
    assert built.rows("select count(*) as new from raw._batches where is_new") == [{"new": 0}]


def test_rows_of_a_batch_that_a_killed_build_read_do_not_stay(settings: Settings, built: RawFactory) -> None:
    identifier = built.add("crm_users", [{"record_id": "U1"}], exported_at="2026-10-31T12:00:00")
    assert asked(settings).select == ("source:raw.crm_users+", "stg_batches+")
    (settings.raw / "_batches" / f"{identifier}.json").unlink()
    again = asked(settings)
    assert again.select == ("source:raw.crm_users+", "stg_batches+")
    assert again.full_refresh


def test_a_batch_that_counts_again_is_new_to_the_models(settings: Settings, built: RawFactory) -> None:
    """Suspended when the last build was made, accepted since: incremental models must read its records."""
    identifier = built.add("crm_leads", [{"record_id": "L2"}], exported_at="2026-10-31T12:00:00")
    (batch,) = (batch for batch in read_batches(settings.raw) if batch.batch_id == identifier)
    suspended = LeftOut(batch, "suspended", "cut_off", "it was cut")
    expose_raw(settings.build_file, settings.raw, [suspended])
    assert due.begin(settings, DAY).select == ("source:raw._left_out+", "stg_batches+")
    due.complete(settings)
    again = asked(settings)
    assert again.select == ("source:raw._left_out+", "source:raw.crm_leads+", "stg_batches+")
    assert built.rows("select batch_id from raw._batches where is_new") == [{"batch_id": identifier}]


def test_a_batch_that_was_withdrawn_is_taken_out_of_the_models(settings: Settings, built: RawFactory) -> None:
    (batch,) = read_batches(settings.raw)
    expose_raw(settings.build_file, settings.raw, [LeftOut(batch, "withdrawn", "withdrawn", "by a person")])
    assert due.begin(settings, DAY).full_refresh


def test_other_rules_about_rows_build_everything(
    settings: Settings, built: RawFactory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(settings.expectations, tmp_path / "expectations")
    suite = tmp_path / "expectations" / "raw" / "crm_leads.json"
    suite.write_text(suite.read_text(encoding="utf-8").replace("created_at_present", "created"), encoding="utf-8")
    monkeypatch.setattr(Settings, "expectations", tmp_path / "expectations")
    assert asked(settings).everything
