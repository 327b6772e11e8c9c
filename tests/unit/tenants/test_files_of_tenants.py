"""Files of settings of several companies: what they say, what is refused and why, and that the others go on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from funnelhouse.running.airflow_home import environment
from funnelhouse.running.run_once import make_plan
from funnelhouse.settings import NAMES, REPOSITORY, SettingsError, load_settings
from funnelhouse.store.locks import Busy, run_lock
from funnelhouse.tenants import chosen_settings, pools, read_tenants
from funnelhouse.transform.dbt_runner import dbt_command
from tests.unit.tenants.conftest import Write


def test_a_file_says_what_the_environment_says_for_one_company(write: Write, tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    found = write(
        acme=f"""# Acme
FUNNELHOUSE_TIMEZONE = Europe/Berlin
FUNNELHOUSE_CURRENCY="eur"
FUNNELHOUSE_AS_OF=2026-10-31
FUNNELHOUSE_KEEP_VERSIONS=5
FUNNELHOUSE_INBOX={tmp_path / "drop"}
FUNNELHOUSE_RECEIVE_MINUTES=15
FUNNELHOUSE_MAX_COLUMNS=90
""",
        beta="",
    )
    assert found.refused == {}
    acme, beta = found.settings["acme"], found.settings["beta"]
    assert (acme.timezone, acme.currency, str(acme.as_of), acme.keep_versions) == (
        "Europe/Berlin",
        "EUR",
        "2026-10-31",
        5,
    )
    assert (acme.inbox, acme.receive_minutes, acme.keep_versions) == (tmp_path / "drop", 15, 5)
    assert acme.limits.columns == 90
    assert (beta.timezone, beta.currency, beta.as_of, beta.receive_minutes) == ("UTC", "USD", None, 3)
    assert acme.home == tmp_path / "house" / "tenants" / "acme"
    assert beta.inbox == tmp_path / "house" / "tenants" / "beta" / "inbox"


def test_the_environment_gives_defaults_but_nothing_that_belongs_to_one_company(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "exports" / "acme").mkdir(parents=True)
    monkeypatch.setenv("FUNNELHOUSE_CURRENCY", "CHF")
    monkeypatch.setenv("FUNNELHOUSE_AS_OF", "2026-01-01")
    monkeypatch.setenv("FUNNELHOUSE_PII_KEY", "00" * 32)
    monkeypatch.setenv("FUNNELHOUSE_INBOX", str(tmp_path / "exports"))
    found = write(acme="", beta="")
    acme = found.settings["acme"]
    assert (acme.currency, acme.as_of, acme.given_pii_key) == ("CHF", None, None)
    assert acme.inbox == tmp_path / "exports" / "acme"
    assert "beta.env" in found.refused["beta.env"] and "FUNNELHOUSE_INBOX" in found.refused["beta.env"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("FUNNELHOUSE_COLOUR=red", "line 1: FUNNELHOUSE_COLOUR"),
        ("FUNNELHOUSE_TENANTS=/elsewhere", "line 1: FUNNELHOUSE_TENANTS"),
        ("TIMEZONE=UTC", "line 1: TIMEZONE"),
        ("just words", "line 1 is not NAME=value"),
        ("FUNNELHOUSE_CURRENCY=EUR\nFUNNELHOUSE_CURRENCY=USD", "line 2: FUNNELHOUSE_CURRENCY stands there twice"),
        ("FUNNELHOUSE_TIMEZONE=Berlin", "FUNNELHOUSE_TIMEZONE='Berlin'"),
        ("FUNNELHOUSE_RECEIVE_MINUTES=0", "FUNNELHOUSE_RECEIVE_MINUTES='0'"),
        ("FUNNELHOUSE_HOME=homes/acme", "FUNNELHOUSE_HOME='homes/acme' must be an absolute path"),
        ("FUNNELHOUSE_INBOX=/no/such/folder", "FUNNELHOUSE_INBOX='/no/such/folder' is not a folder"),
        ("FUNNELHOUSE_PII_KEY=xyz", "FUNNELHOUSE_PII_KEY must be hexadecimal"),
        ("FUNNELHOUSE_TIMEZONE=Europe", "FUNNELHOUSE_TIMEZONE='Europe'"),  # a folder of zones
        ("FUNNELHOUSE_TIMEZONE=Europe/Berlin/x", "FUNNELHOUSE_TIMEZONE='Europe/Berlin/x'"),
        ("FUNNELHOUSE_INBOX=~nouser/x", "FUNNELHOUSE_INBOX='~nouser/x' is no path"),
        ("FUNNELHOUSE_HOME=~nouser/x", "FUNNELHOUSE_HOME='~nouser/x' is no path"),
        ("FUNNELHOUSE_HOME=/srv/a\0b", "FUNNELHOUSE_HOME='/srv/a\\x00b' is no path"),
        ("FUNNELHOUSE_INBOX=/" + "x" * 5000, "FUNNELHOUSE_INBOX='/xxx"),
        ("FUNNELHOUSE_THREADS=²", "FUNNELHOUSE_THREADS='²' must be a whole number"),
        ("FUNNELHOUSE_THREADS=" + "9" * 5000, "must be a whole number"),
        ("FUNNELHOUSE_SPARK_SERVER=spark:²", "FUNNELHOUSE_SPARK_SERVER='spark:²' is not host:port"),
        ("FUNNELHOUSE_CURRENCY=ßeu", "FUNNELHOUSE_CURRENCY='ßeu' is not an ISO 4217 code"),
    ],
)
def test_a_bad_line_is_named_with_its_file_and_stops_nobody_else(write: Write, line: str, said: str) -> None:
    found = write(acme=line, beta="")
    assert list(found.settings) == ["beta"]
    assert "acme.env: " in found.refused["acme.env"] and said in found.refused["acme.env"]
    with pytest.raises(SettingsError, match=r"acme\.env"):
        chosen_settings(tenant="acme")


def test_what_nobody_thought_of_stops_one_company_and_names_its_file(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system that fails for one file, say."""
    read_text = Path.read_text

    def fails(path: Path, **named: str) -> str:
        if path.name == "acme.env":
            raise RuntimeError("stale file handle")
        return read_text(path, **named)

    monkeypatch.setattr(Path, "read_text", fails)
    found = write(acme="", beta="")
    assert list(found.settings) == ["beta"]
    assert "acme.env: " in found.refused["acme.env"] and "stale file handle" in found.refused["acme.env"]


@pytest.mark.parametrize(
    "name", ["Acme.env", "acme__x.env", "_acme.env", "a b.env", "acme.yml", "acme.env.bak", "1a.env"]
)
def test_a_file_with_another_name_is_refused(write: Write, name: str) -> None:
    found = write({name: ""}, beta="")
    assert list(found.settings) == ["beta"]
    assert list(found.refused) == [name]


def test_hidden_files_are_no_tenants(write: Write) -> None:
    assert write({".acme.env.swp": "?"}, beta="").refused == {}


@pytest.mark.parametrize(
    "places",
    [
        {"acme": "FUNNELHOUSE_HOME={root}/x", "beta": "FUNNELHOUSE_HOME={root}/x"},
        {"acme": "FUNNELHOUSE_HOME={root}/x", "beta": "FUNNELHOUSE_HOME={root}/x/deep/inside"},
        {"acme": "FUNNELHOUSE_HOME={root}/x", "beta": "FUNNELHOUSE_HOME={root}/link"},
        {"acme": "FUNNELHOUSE_HOME={root}/x", "beta": "FUNNELHOUSE_HOME={root}/X"},
        {"acme": "FUNNELHOUSE_INBOX={root}/x", "beta": "FUNNELHOUSE_INBOX={root}/x"},
        {"acme": "FUNNELHOUSE_INBOX={root}", "beta": "FUNNELHOUSE_INBOX={root}/x"},
        {"acme": "FUNNELHOUSE_HOME={root}/x", "beta": "FUNNELHOUSE_INBOX={root}/x"},
        {"acme": "FUNNELHOUSE_PII_KEY=" + "ab" * 32, "beta": "FUNNELHOUSE_PII_KEY=" + "AB" * 32},
        {"acme": "FUNNELHOUSE_RAW_URL=s3://c@b/raw", "beta": "FUNNELHOUSE_RAW_URL=s3://c@b/raw"},
        {"acme": "FUNNELHOUSE_SPARK_SERVER=spark:10000", "beta": "FUNNELHOUSE_SPARK_SERVER=spark:10000"},
    ],
)
def test_two_that_claim_one_place_or_one_key_are_both_refused(
    write: Write, tmp_path: Path, places: dict[str, str]
) -> None:
    root = tmp_path / "root"
    (root / "x").mkdir(parents=True)
    (root / "link").symlink_to(root / "x")
    found = write(**{tenant: text.format(root=root) for tenant, text in places.items()}, gamma="")
    assert list(found.settings) == ["gamma"]
    for tenant, other in (("acme", "beta"), ("beta", "acme")):
        said = found.refused[f"{tenant}.env"]
        assert f"{tenant}.env: FUNNELHOUSE_" in said and other in said


def test_who_has_its_own_folder_goes_on_when_another_claims_it(write: Write, tmp_path: Path) -> None:
    for place in ("acme", "acme/inbox"):
        found = write(acme="", beta=f"FUNNELHOUSE_HOME={tmp_path / 'house' / 'tenants' / place}")
        assert list(found.settings) == ["acme"]
        assert "FUNNELHOUSE_HOME of tenant acme" in found.refused["beta.env"]


@pytest.mark.parametrize("place", ["house", "", "house/airflow/acme", "tenants/acme", "house/tenants"])
def test_the_installations_own_folders_are_nobodys_home(write: Write, tmp_path: Path, place: str) -> None:
    found = write(acme=f"FUNNELHOUSE_HOME={tmp_path / place}", beta="")
    assert list(found.settings) == ["beta"]
    assert "installation" in found.refused["acme.env"]


def test_a_command_must_say_which_company(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(acme="", beta="")
    with pytest.raises(SettingsError, match="--tenant NAME"):
        chosen_settings()
    with pytest.raises(SettingsError, match="--home"):
        chosen_settings(tmp_path / "elsewhere", "acme")
    with pytest.raises(SettingsError, match="known: acme, beta"):
        chosen_settings(tenant="zeta")
    monkeypatch.setenv("FUNNELHOUSE_TENANT", "beta")
    assert chosen_settings().tenant == "beta"
    assert chosen_settings(tenant="acme").tenant == "acme"


def test_one_company_needs_no_name_and_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen_settings(tmp_path).tenant is None
    with pytest.raises(SettingsError, match="FUNNELHOUSE_TENANTS"):
        chosen_settings(tenant="acme")
    monkeypatch.setenv("FUNNELHOUSE_TENANT", "acme")
    with pytest.raises(SettingsError, match="FUNNELHOUSE_TENANTS"):
        chosen_settings()
    monkeypatch.setenv("FUNNELHOUSE_TENANTS", str(tmp_path / "missing"))
    with pytest.raises(SettingsError, match="is not a folder"):
        read_tenants()


def test_the_folder_of_another_company_is_no_inbox(write: Write, tmp_path: Path) -> None:
    found = write(acme="", beta="")
    acme, beta = found.settings["acme"], found.settings["beta"]
    for folder in (beta.inbox, beta.home, tmp_path / "house"):
        folder.mkdir(parents=True, exist_ok=True)
        with pytest.raises(SettingsError, match="belongs to tenant beta"):
            make_plan(acme, folder)
    (tmp_path / "mail").mkdir()
    assert make_plan(acme, tmp_path / "mail").first_dag is None


def test_the_sample_company_is_never_written_into_a_tenants_home(write: Write) -> None:
    acme = write(acme="").settings["acme"]
    acme.make_folders()
    plan = make_plan(acme, None)
    assert not plan.write_sample and plan.first_dag is None


def test_locks_and_keys_are_per_home(write: Write) -> None:
    found = write(acme="", beta="")
    acme, beta = found.settings["acme"], found.settings["beta"]
    for settings in (acme, beta):
        settings.make_folders()
    with run_lock(acme, "test"), run_lock(beta, "test"), pytest.raises(Busy), run_lock(acme, "again"):
        pass
    assert acme.pii_key != beta.pii_key
    assert set(pools(["acme", "beta"])) == {"warehouse_writer__acme", "warehouse_writer__beta"}


def test_processes_for_a_tenant_are_told_of_it_and_dbt_of_nothing_else(write: Write, tmp_path: Path) -> None:
    acme = write(acme="FUNNELHOUSE_CURRENCY=EUR", beta="FUNNELHOUSE_PII_KEY=" + "cd" * 32).settings["acme"]
    told = environment(acme, tmp_path / "airflow")
    assert told["FUNNELHOUSE_TENANT"] == "acme"
    assert told["FUNNELHOUSE_HOME"] == str(tmp_path / "house")  # the installation's, where the file says no other
    everybody = environment(load_settings(), tmp_path / "airflow")
    assert everybody["FUNNELHOUSE_TENANT"] == "" and everybody["FUNNELHOUSE_TENANTS"] == str(tmp_path / "tenants")
    acme.make_folders()
    command, told = dbt_command(acme, ["build"], date(2026, 10, 31))
    assert not [name for name in told if name.startswith("FUNNELHOUSE_")]
    assert '"reporting_currency": "EUR"' in " ".join(command)


def test_every_setting_of_a_company_is_described() -> None:
    described = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
    assert [name for name in sorted(NAMES) if f"{name}=" not in described] == []
