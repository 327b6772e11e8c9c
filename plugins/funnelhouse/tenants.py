"""Several companies (tenants) in one installation: a file of settings and a home for each, nothing in common.

`FUNNELHOUSE_TENANTS` names a folder with one file per tenant, called `<tenant>.env`, with the names of `.env.example`.
A file that cannot be used, or that claims a folder of somebody else, is refused; the other tenants go on.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from funnelhouse.claims import (
    NAME,
    Claim,
    Ground,
    Secret,
    claims_in,
    claims_of,
    not_to_read,
    refusals,
)
from funnelhouse.settings import (
    NAMES,
    OF_ONE_COMPANY,
    Settings,
    SettingsError,
    absolute,
    is_folder,
    load_settings,
    settings_from,
)

FOLDER, CHOSEN = "FUNNELHOUSE_TENANTS", "FUNNELHOUSE_TENANT"
POOL = "warehouse_writer"
SEPARATOR = "__"


@dataclass(frozen=True)
class Tenants:
    """Settings by tenant, and why the files of the others are refused, by name of the file."""

    settings: dict[str, Settings] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def tenants_folder() -> Path | None:
    """The folder that FUNNELHOUSE_TENANTS names; None if this installation has one company. Raises SettingsError."""
    text = os.environ.get(FOLDER)
    if not text:
        if os.environ.get(CHOSEN):
            raise SettingsError(f"{CHOSEN} is set, but not {FOLDER}, the folder with a file of settings per tenant")
        return None
    folder = absolute(FOLDER, text)
    if not is_folder(folder):
        raise SettingsError(f"{FOLDER}={text!r} is not a folder; give the one with a file of settings per tenant")
    return folder


def read_tenants() -> Tenants:
    """Every tenant of this installation. Raises SettingsError if the folder or the environment itself is unusable."""
    folder = tenants_folder()
    if folder is None:
        return Tenants()
    return _read_all(folder)[0]


def _read_all(folder: Path) -> tuple[Tenants, list[Claim], Ground]:
    """Every tenant, and what all files claim, those that are refused, too."""
    installation = load_settings()
    ground = Ground(installation.home, installation.given_inbox, folder)
    settings: dict[str, Settings] = {}
    refused: dict[str, list[str]] = {}
    claims: list[Claim] = []
    secrets: list[Secret] = []
    for path in _files(folder):
        try:
            tenant = _name(path)
            found = _settings(path, tenant, ground)
            made = claims_of(found, path, ground)
            settings[tenant] = found
        except SettingsError as error:
            refused[path.name], made = [str(error)], claims_in(path, ground)
        except (OSError, ValueError, RuntimeError) as error:  # whatever it is, it must not stop the other companies
            refused[path.name] = [f"{path}: cannot be used ({type(error).__name__}: {error})"]
            made = claims_in(path, ground)
        claims += made[0]
        secrets += made[1]
    for path, why in refusals(claims, secrets, ground):
        refused.setdefault(path.name, []).append(f"{path}: {why}")
    kept = {tenant: found for tenant, found in settings.items() if f"{tenant}.env" not in refused}
    said = {name: "\n".join(dict.fromkeys(why)) for name, why in sorted(refused.items())}
    return Tenants(kept, said), claims, ground


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise SettingsError(f"{FOLDER}={str(folder)!r} cannot be read ({error})") from None


def chosen_settings(home: str | Path | None = None, tenant: str | None = None) -> Settings:
    """Settings of the company to work for: the tenant named here or by FUNNELHOUSE_TENANT, else the only company.

    `home` overrides the home of the only company. Raises SettingsError if the tenant is unknown or refused, or if there
    are tenants and none is named.
    """
    tenant = tenant or os.environ.get(CHOSEN) or None
    folder = tenants_folder()
    if folder is None:
        if tenant:
            raise SettingsError(f"There is no tenant {tenant!r}: {FOLDER} must name the folder with a file per tenant")
        return load_settings(home)
    if tenant is None:
        raise SettingsError(
            f"This installation has several companies ({FOLDER}={folder}): say which, e.g. funnelhouse --tenant NAME "
            "status; `funnelhouse tenants` lists them"
        )
    if home is not None:
        raise SettingsError(f"--home and a tenant exclude each other: {folder / tenant}.env says where its home is")
    found = read_tenants()
    if tenant in found.settings:
        return found.settings[tenant]
    if f"{tenant}.env" in found.refused:
        raise SettingsError(found.refused[f"{tenant}.env"])
    raise SettingsError(f"There is no tenant {tenant!r} in {folder}; known: {', '.join(found.settings) or 'none'}")


def dag_prefix(tenant: str | None) -> str:
    """What the ids of a tenant's DAGs begin with."""
    return f"{tenant}{SEPARATOR}" if tenant else ""


def writer_pool(tenant: str | None) -> str:
    """Airflow's pool of one slot for whatever writes a build file: tenants do not wait for each other."""
    return f"{POOL}{SEPARATOR}{tenant}" if tenant else POOL


def pools(tenants: list[str]) -> dict[str, dict[str, object]]:
    """Pools of these tenants in the form that `airflow pools import` reads."""
    return {
        writer_pool(tenant): {"slots": 1, "description": f"one writer of {tenant}", "include_deferred": False}
        for tenant in tenants
    }


def refuse_folder_of_others(settings: Settings, given: Path) -> None:
    """Raise SettingsError if a tenant is given a folder to read that is not its to read.

    That is one that holds, or lies in, a place of another tenant, be that tenant's file valid or not or gone, or one of
    the installation.
    """
    folder = tenants_folder()
    if settings.tenant is None or folder is None:
        return
    _, claims, ground = _read_all(folder)
    claim = ground.claim(settings.tenant, folder / f"{settings.tenant}.env", "it", given.absolute())
    if why := not_to_read(claim, claims, ground):
        raise SettingsError(f"{given} is no inbox for {settings.tenant}: {why}")


def _name(path: Path) -> str:
    if path.suffix != ".env" or not path.is_file():
        raise SettingsError(f"{path} is not a file of settings: name it TENANT.env, or move it out of this folder")
    if not NAME.fullmatch(path.stem):
        raise SettingsError(
            f"{path}: {path.stem!r} cannot be the name of a tenant: up to 40 of a-z and 0-9, beginning with a letter, "
            "words separated by one - or _; rename the file"
        )
    return path.stem


def _settings(path: Path, tenant: str, ground: Ground) -> Settings:
    """The file's settings; those of the environment are defaults, except what belongs to one company."""
    given = {name: value for name, value in os.environ.items() if name in NAMES and name not in OF_ONE_COMPANY}
    given["FUNNELHOUSE_HOME"] = str(ground.default_home(tenant))
    if inbox := ground.default_inbox(tenant):
        given["FUNNELHOUSE_INBOX"] = str(inbox)
    try:
        given |= _read(path)
        settings = settings_from(given, tenant=tenant)
        if settings.given_pii_key:
            _ = settings.pii_key  # checked here rather than by the first file that needs it
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None
    return settings


def _read(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot be read ({error}); it must be UTF-8 and readable for Airflow's user") from None
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, sign, value = (part.strip() for part in line.partition("="))
        if not sign:
            raise SettingsError(f"line {number} is not NAME=value; a comment begins with #")
        if name not in NAMES:
            raise SettingsError(
                f"line {number}: {name} is not a setting of a tenant; correct it as in .env.example, or delete the line"
            )
        if name in found:
            raise SettingsError(f"line {number}: {name} stands there twice; delete one")
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        if name in ("FUNNELHOUSE_HOME", "FUNNELHOUSE_INBOX") and value and not value.startswith(("/", "~")):
            raise SettingsError(f"line {number}: {name}={value!r} must be an absolute path")
        if value:
            found[name] = value
    return found
