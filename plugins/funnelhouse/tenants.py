"""Several companies (tenants) in one installation: a file of settings and a home for each, nothing in common.

`FUNNELHOUSE_TENANTS` names a folder with one file per tenant, called `<tenant>.env`, with the names of `.env.example`.
A file that cannot be used, or that claims a folder of somebody else, is refused; the other tenants go on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from funnelhouse.settings import (
    NAMES,
    OF_ONE_COMPANY,
    URLS,
    Settings,
    SettingsError,
    absolute,
    is_folder,
    load_settings,
    settings_from,
)

FOLDER, CHOSEN = "FUNNELHOUSE_TENANTS", "FUNNELHOUSE_TENANT"
POOL = "warehouse_writer"
HOMES = "tenants"
"""Folder of the installation's home with the homes of tenants whose files name none."""
SEPARATOR = "__"
NAME = re.compile(r"(?=.{1,40}\Z)[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")
"""No two underscores in a row: they separate the tenant from the DAG."""


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
    installation = load_settings()
    settings: dict[str, Settings] = {}
    refused: dict[str, list[str]] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        try:
            tenant = _name(path)
            settings[tenant] = _settings(path, tenant, installation)
        except SettingsError as error:
            refused[path.name] = [str(error)]
        except (OSError, ValueError, RuntimeError) as error:  # whatever it is, it must not stop the other companies
            refused[path.name] = [f"{path}: cannot be used ({type(error).__name__}: {error})"]
    for tenant, why in _claims(settings, installation, folder):
        refused.setdefault(f"{tenant}.env", []).append(f"{folder / tenant}.env: {why}")
    kept = {tenant: found for tenant, found in settings.items() if f"{tenant}.env" not in refused}
    return Tenants(kept, {name: "\n".join(dict.fromkeys(why)) for name, why in sorted(refused.items())})


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


def refuse_folder_of_others(settings: Settings, folder: Path) -> None:
    """Raise SettingsError if a tenant is given a folder to read that holds, or lies in, one of another tenant."""
    if settings.tenant is None:
        return
    given = _place(folder)
    for tenant, other in read_tenants().settings.items():
        for _, place in _places(other) if tenant != settings.tenant else ():
            if given == place or given in place.parents or place in given.parents:
                raise SettingsError(f"{folder} is no inbox for {settings.tenant}: it belongs to tenant {tenant}")


def _name(path: Path) -> str:
    if path.suffix != ".env" or not path.is_file():
        raise SettingsError(f"{path} is not a file of settings: name it TENANT.env, or move it out of this folder")
    if not NAME.fullmatch(path.stem):
        raise SettingsError(
            f"{path}: {path.stem!r} cannot be the name of a tenant: up to 40 of a-z and 0-9, beginning with a letter, "
            "words separated by one - or _; rename the file"
        )
    return path.stem


def _settings(path: Path, tenant: str, installation: Settings) -> Settings:
    """The file's settings; those of the environment are defaults, except what belongs to one company."""
    given = {name: value for name, value in os.environ.items() if name in NAMES and name not in OF_ONE_COMPANY}
    given["FUNNELHOUSE_HOME"] = str(installation.home / HOMES / tenant)
    if installation.given_inbox:
        given["FUNNELHOUSE_INBOX"] = str(installation.given_inbox / tenant)
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


@dataclass(frozen=True)
class _Claim:
    """A folder that a tenant says is its own: in which setting, and whether it is the one that is its own anyway."""

    tenant: str
    key: str
    is_default: bool


def _claims(settings: dict[str, Settings], installation: Settings, folder: Path) -> Iterator[tuple[str, str]]:
    """Tenants whose folders or keys are those of somebody else, each with what is wrong.

    Of two both are named, since nobody can know whose folder it is, unless it is one's own anyway.
    """
    claims: dict[Path, list[_Claim]] = {}
    for tenant, found in settings.items():
        for key, place in _places(found):
            inbox = installation.given_inbox and installation.given_inbox / tenant
            default = inbox if key == "FUNNELHOUSE_INBOX" else installation.home / HOMES / tenant
            claims.setdefault(place, []).append(_Claim(tenant, key, default is not None and place == _place(default)))
    for place in _of_the_installation(claims, _place(installation.home), _place(folder)):
        for claim in claims.pop(place):
            yield claim.tenant, f"{claim.key} ({place}) is a folder of the installation itself; give another"
    yield from _disputes(claims)
    yield from _shared(settings)


def _disputes(claims: dict[Path, list[_Claim]]) -> Iterator[tuple[str, str]]:
    for place, here in claims.items():
        for above in (place, *place.parents):
            for one, other in product(here, claims.get(above, ())):
                if one.tenant != other.tenant:
                    yield from _both(one, place, other, above)


def _shared(settings: dict[str, Settings]) -> Iterator[tuple[str, str]]:
    """What two name in their files and no two may have."""
    tenants: dict[tuple[str, str], list[str]] = {}
    for tenant, found in settings.items():
        urls = zip(URLS, (found.archive_url, found.raw_url, found.published_url), strict=True)
        own = [("FUNNELHOUSE_PII_KEY", found.given_pii_key), ("FUNNELHOUSE_SPARK_SERVER", found.spark_server), *urls]
        for name, value in own:
            if value:
                tenants.setdefault((name, value.lower()), []).append(tenant)
    for (name, _), sharing in tenants.items():
        for tenant in sharing if len(sharing) > 1 else ():
            yield tenant, f"{name} is also that of {', '.join(n for n in sharing if n != tenant)}; give each its own"


def _both(one: _Claim, place: Path, other: _Claim, above: Path) -> Iterator[tuple[str, str]]:
    remedy = "give each a folder of its own"
    said = "is the same folder as" if above == place else "lies inside"
    if not one.is_default or other.is_default:
        yield one.tenant, f"{one.key} ({place}) {said} {other.key} of tenant {other.tenant}; {remedy}"
    if not other.is_default or one.is_default:
        said = "is the same folder as" if above == place else "holds"
        yield other.tenant, f"{other.key} ({above}) {said} {one.key} of tenant {one.tenant}; {remedy}"


def _of_the_installation(claims: Iterable[Path], home: Path, folder: Path) -> list[Path]:
    """Places that hold, or lie among, what belongs to the installation: its home and its folder of settings."""
    taken = {home, home / HOMES, folder, *home.parents, *folder.parents}
    return [
        place
        for place in claims
        if place in taken or folder in place.parents or (home in place.parents and home / HOMES not in place.parents)
    ]


def _places(settings: Settings) -> list[tuple[str, Path]]:
    places = [("FUNNELHOUSE_HOME", _place(settings.home))]
    if settings.given_inbox:
        places.append(("FUNNELHOUSE_INBOX", _place(settings.given_inbox)))
    return places


def _place(path: Path) -> Path:
    """What a path leads to; two names that differ in case only may be one folder."""
    return Path(os.path.realpath(path).casefold())
