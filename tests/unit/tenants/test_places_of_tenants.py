"""No company reaches the data of another, even when the other's file has a mistake, is moved away or is deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from funnelhouse.running.run_once import make_plan
from funnelhouse.settings import OWNER, SettingsError, load_settings
from funnelhouse.tenants import chosen_settings, read_tenants
from tests.unit.tenants.conftest import Write

TYPO = "\nFUNNELHOUSE_CURRENCI=EUR"
"""One more line that makes a file unusable."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with others in it that are nobody's yet."""
    for name in ("x", "y", "house/tenants/beta/inbox"):
        (tmp_path / "root" / name if len(name) == 1 else tmp_path / name).mkdir(parents=True)
    return tmp_path / "root"


def _refused(write: Write, tenant: str = "acme") -> str:
    """What is said about this tenant's file, read again."""
    return write().refused.get(f"{tenant}.env", "")


@pytest.mark.parametrize("place", ["beta", "beta/deep/inside", "BETA"])
def test_the_home_that_would_be_anothers_is_kept_for_it(write: Write, tmp_path: Path, place: str) -> None:
    """With a good file, with a bad one, with one of another name, and without any."""
    write(acme=f"FUNNELHOUSE_HOME={tmp_path / 'house' / 'tenants' / place}", beta="", gamma="")
    file = tmp_path / "tenants" / "beta.env"
    assert "FUNNELHOUSE_HOME" in _refused(write)
    file.write_text(TYPO, encoding="utf-8")
    assert "FUNNELHOUSE_HOME" in _refused(write)
    file.rename(file.with_suffix(".off"))
    assert "kept for a tenant called beta" in _refused(write)
    file.with_suffix(".off").unlink()
    assert "kept for a tenant called beta" in _refused(write)
    assert "gamma" in write().settings


def test_the_inbox_that_would_be_anothers_is_kept_for_it(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("acme", "beta/old"):
        (tmp_path / "drop" / name).mkdir(parents=True)
    monkeypatch.setenv("FUNNELHOUSE_INBOX", str(tmp_path / "drop"))
    assert list(write(acme="").settings) == ["acme"]
    for place, said in (("drop/beta", "called beta"), ("drop/beta/old", "called beta"), ("drop", "inboxes of all")):
        write(acme=f"FUNNELHOUSE_INBOX={tmp_path / place}")
        assert said in _refused(write)
    acme = write(acme=f"FUNNELHOUSE_INBOX={tmp_path / 'drop' / 'acme'}").settings["acme"]
    for place in ("drop/beta", "drop"):
        with pytest.raises(SettingsError, match="is no inbox for acme"):
            make_plan(acme, tmp_path / place)


@pytest.mark.parametrize(
    "line",
    [
        "FUNNELHOUSE_HOME={root}/x",
        "FUNNELHOUSE_INBOX={root}/x",
        "FUNNELHOUSE_PII_KEY=" + "ab" * 32,
        "FUNNELHOUSE_RAW_URL=s3://c@b/raw",
        "FUNNELHOUSE_ARCHIVE_URL=file://{root}/x",
        "FUNNELHOUSE_SPARK_SERVER=spark:10000",
    ],
)
@pytest.mark.parametrize("broken", ["{line}" + TYPO, "X{line}", "{spaced}", "export {line}", '{line}"\n{line}'])
def test_a_file_with_a_mistake_still_claims_what_it_says(write: Write, root: Path, line: str, broken: str) -> None:
    """Whichever line is wrong, even the one that says it."""
    line = line.format(root=root)
    found = write(acme=line, beta=broken.format(line=line, spaced=line.replace("=", ": ")), gamma="")
    assert list(found.settings) == ["gamma"]
    assert "tenant beta" in found.refused["acme.env"] or "that of beta" in found.refused["acme.env"]


def test_a_copy_of_ones_own_file_takes_nothing_away(write: Write, root: Path) -> None:
    text = f"FUNNELHOUSE_HOME={root}/x\nFUNNELHOUSE_PII_KEY={'ab' * 32}\n"
    found = write(
        {"acme.env.bak": text, "acme copy.env": text, "beta.env": f"# FUNNELHOUSE_HOME={root}/x\n?"}, acme=text
    )
    assert list(found.settings) == ["acme"]


def test_a_file_that_cannot_be_read_claims_its_own_home_only(write: Write, tmp_path: Path) -> None:
    write(acme="")
    (tmp_path / "tenants" / "beta.env").mkdir()
    assert list(write().settings) == ["acme"]
    (tmp_path / "tenants" / "delta.env").write_bytes(
        b"FUNNELHOUSE_INBOX=~nouser/x\nFUNNELHOUSE_HOME=/a\0b\nFUNNELHOUSE_RAW_URL=s3://\n\xff\nFUNNELHOUSE_PII_KEY"
    )
    assert list(write(gamma="FUNNELHOUSE_RAW_URL=s3://c@b/raw").settings) == ["acme", "gamma"]
    for folder in ("beta", "delta"):
        write(acme=f"FUNNELHOUSE_HOME={tmp_path / 'house' / 'tenants' / folder}")
        assert f"called {folder}" in _refused(write)


@pytest.mark.parametrize("place", ["/", "{folder}", "{folder}/house"])
def test_a_claim_to_everything_stops_nobody_else(write: Write, root: Path, tmp_path: Path, place: str) -> None:
    place = place.format(folder=tmp_path)
    for line in (f"FUNNELHOUSE_INBOX={place}", f"FUNNELHOUSE_INBOX={place}{TYPO}"):
        found = write(acme=f"FUNNELHOUSE_HOME={root}/x", beta=line)
        assert list(found.settings) == ["acme"]
        assert make_plan(found.settings["acme"], root / "y").first_dag is None


def test_a_home_says_whose_it_is_when_no_file_does_any_more(write: Write, root: Path, tmp_path: Path) -> None:
    """Also for an inbox, or a store, in that home."""
    beta = write(beta=f"FUNNELHOUSE_HOME={root}/x").settings["beta"]
    beta.make_folders()
    assert (root / "x" / OWNER).read_text(encoding="utf-8") == "beta\n"
    (tmp_path / "tenants" / "beta.env").unlink()
    for line in ("FUNNELHOUSE_HOME={}", "FUNNELHOUSE_INBOX={}/inbox", "FUNNELHOUSE_PUBLISHED_URL=file://{}/inbox"):
        write(acme=line.format(root / "x"))
        said = _refused(write)
        assert "acme.env: FUNNELHOUSE_" in said and "home of tenant 'beta'" in said and OWNER in said
    acme = write(acme="").settings["acme"]
    for folder in (root / "x", root / "x" / "inbox"):
        with pytest.raises(SettingsError, match="is no inbox for acme"):
            make_plan(acme, folder)
    # What the message says: a tenant that has another name now.
    write(acme=f"FUNNELHOUSE_HOME={root}/x")
    (root / "x" / OWNER).write_text("acme\n", encoding="utf-8")
    assert write().settings["acme"].home == root / "x"


def test_of_two_that_claim_a_home_the_one_whose_name_stands_in_it_goes_on(write: Write, root: Path) -> None:
    write(beta=f"FUNNELHOUSE_HOME={root}/x").settings["beta"].make_folders()
    for line in ("FUNNELHOUSE_HOME={}", "FUNNELHOUSE_HOME={}/deep", "FUNNELHOUSE_INBOX={}/inbox"):
        found = write(acme=line.format(root / "x"))
        assert list(found.settings) == ["beta"]
        assert "home of tenant 'beta'" in found.refused["acme.env"]


def test_whose_home_it_is_is_written_once_and_again_only_over_nothing(
    write: Write, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beta = write(beta=f"FUNNELHOUSE_HOME={root}/x").settings["beta"]
    (root / "x" / OWNER).touch()  # what a power cut may leave
    assert write().settings["beta"] == beta
    beta.make_folders()
    assert (root / "x" / OWNER).read_text(encoding="utf-8") == "beta\n"

    def forbidden(*_: object) -> bool:
        raise PermissionError("somebody who may only look into this home")

    monkeypatch.setattr("funnelhouse.settings.create_once", forbidden)
    beta.make_folders()
    (root / "x" / OWNER).unlink()
    beta.make_folders()


def test_two_that_make_one_home_at_the_same_moment_do_not_share_it(write: Write, root: Path, tmp_path: Path) -> None:
    acme = write(acme=f"FUNNELHOUSE_HOME={root}/y").settings["acme"]
    (tmp_path / "tenants" / "acme.env").unlink()
    beta = write(beta=f"FUNNELHOUSE_HOME={root}/y").settings["beta"]
    beta.make_folders()
    with pytest.raises(SettingsError, match="home of tenant 'beta'"):
        acme.make_folders()
    load_settings(root / "y").make_folders()  # an installation of one company: there is nobody else


def test_the_folder_of_a_company_without_a_good_file_is_no_inbox(write: Write, root: Path, tmp_path: Path) -> None:
    acme = write(acme="", beta=f"FUNNELHOUSE_INBOX={root}/x{TYPO}").settings["acme"]
    beta = tmp_path / "house" / "tenants" / "beta"
    for _ in ("with a mistake in it", "deleted"):
        for folder in (beta / "inbox", beta, tmp_path / "house" / "tenants", tmp_path / "house"):
            with pytest.raises(SettingsError, match="is no inbox for acme"):
                make_plan(acme, folder)
        if (tmp_path / "tenants" / "beta.env").exists():
            with pytest.raises(SettingsError, match="belongs to tenant beta"):
                make_plan(acme, root / "x")
        (tmp_path / "tenants" / "beta.env").unlink(missing_ok=True)
    assert make_plan(acme, root / "y").first_dag is None


@pytest.mark.parametrize(
    ("acme", "beta"),
    [
        ("ARCHIVE_URL=s3://c@b/x", "RAW_URL=s3://c@b/x"),
        ("ARCHIVE_URL=s3://c@b/x", "PUBLISHED_URL=s3://c@b/x/versions"),
        ("ARCHIVE_URL=s3://c@b/x/deep/er", "PUBLISHED_URL=s3://c@b/x"),
        ("RAW_URL=s3://c@b/x", "RAW_URL=S3://c@b//./y/../x/"),
        ("RAW_URL=s3://c@b/x", "RAW_URL=s3a://c@b/x"),
        ("RAW_URL=file://{root}/store", "PUBLISHED_URL=file://{root}/link/store/versions"),
        ("PUBLISHED_URL=file://{root}/x", "INBOX={root}/x"),
        ("PUBLISHED_URL=file://{root}/x/deep", "INBOX={root}/x"),
        ("PUBLISHED_URL=file://{root}", "INBOX={root}/x"),
        ("PUBLISHED_URL=file://{root}/y/inbox", "HOME={root}/y"),
    ],
)
def test_stores_of_two_companies_have_nothing_in_common(write: Write, root: Path, acme: str, beta: str) -> None:
    (root / "link").symlink_to(root)
    lines = {"acme": f"FUNNELHOUSE_{acme.format(root=root)}", "beta": f"FUNNELHOUSE_{beta.format(root=root)}"}
    found = write(**lines, gamma="FUNNELHOUSE_RAW_URL=s3://c@b/x2\nFUNNELHOUSE_ARCHIVE_URL=s3://d@b/x")
    assert list(found.settings) == ["gamma"]
    assert lines["acme"].partition("=")[0] in found.refused["acme.env"] and "tenant beta" in found.refused["acme.env"]


def test_a_store_is_in_nobodys_home_and_in_no_folder_of_the_installation(write: Write, tmp_path: Path) -> None:
    for place in ("house/tenants/beta/inbox", "house/tenants/zeta", "house/logs", "tenants"):
        write(acme=f"FUNNELHOUSE_PUBLISHED_URL=file://{tmp_path / place}", beta="")
        assert "FUNNELHOUSE_PUBLISHED_URL" in _refused(write)
        assert list(read_tenants().settings) == ["beta"]


@pytest.mark.parametrize("url", ["{root}/x", "{root}/x/deep", "{root}", "{root}/y/archive", "{root}/link/y"])
def test_a_store_of_one_company_is_not_its_own_inbox_or_home(
    root: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """Published files would arrive as exports."""
    (root / "link").symlink_to(root)
    monkeypatch.setenv("FUNNELHOUSE_INBOX", str(root / "x"))
    monkeypatch.setenv("FUNNELHOUSE_PUBLISHED_URL", f"file://{url.format(root=root)}")
    with pytest.raises(SettingsError, match="FUNNELHOUSE_PUBLISHED_URL"):
        load_settings(root / "y")


def test_a_tenant_whose_home_is_anothers_is_told_so_by_every_command(write: Write, root: Path, tmp_path: Path) -> None:
    write(beta=f"FUNNELHOUSE_HOME={root}/x").settings["beta"].make_folders()
    (tmp_path / "tenants" / "beta.env").unlink()
    write(acme=f"FUNNELHOUSE_HOME={root}/x")
    with pytest.raises(SettingsError, match=r"acme\.env: FUNNELHOUSE_HOME .*tenant 'beta'"):
        chosen_settings(tenant="acme")
