"""Whose folder, URL or key is whose, where several companies (tenants) share an installation.

A file that cannot be used still says where its company's data is, so it claims what a good one would.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from funnelhouse.settings import OWNER, URLS, Settings, folder_of_url, owner_of, place_of, place_of_url

HOMES = "tenants"
"""Folder of the installation's home with the homes of tenants whose files name none."""
NAME = re.compile(r"(?=.{1,40}\Z)[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")
"""Of a tenant. No two underscores in a row: they separate the tenant from the DAG."""

HOME, INBOX = "FUNNELHOUSE_HOME", "FUNNELHOUSE_INBOX"
_LINE = re.compile(r"\s*(?!#)(?:export\s+)?(?P<name>[\w-]*)\s*[=:]?\s*(?P<value>.*?)\s*")
_KEY = re.compile(r"[0-9a-fA-F]{32,}")
_ADDRESS = re.compile(r"[\w.-]+:[0-9]+")


@dataclass(frozen=True)
class Claim:
    """A place that a tenant says is its own: in which setting of which file, and whether it is its own anyway."""

    tenant: str
    file: Path
    key: str
    written: str
    place: Path
    """Where it leads, to be compared; of a URL that names no folder a path of its own kind."""
    is_default: bool = False

    @property
    def is_folder(self) -> bool:
        """False if it is a place in an object store."""
        return self.place.is_absolute()


@dataclass(frozen=True)
class Secret:
    """What no two tenants may have: the key of hashes, or the address of a server."""

    tenant: str
    file: Path
    key: str
    value: str


class Ground:
    """The installation's own folders, and which of them are kept for which tenant."""

    def __init__(self, home: Path, inboxes: Path | None, folder: Path) -> None:
        """`inboxes` holds the inboxes of tenants whose files name none; `folder` the files of settings."""
        self._own_home, self._own_inboxes = home, inboxes
        self._home, self._homes, self._folder = place_of(home), place_of(home / HOMES), place_of(folder)
        self._inboxes = place_of(inboxes) if inboxes else None

    def default_home(self, tenant: str) -> Path:
        """The home of a tenant whose file names none."""
        return self._own_home / HOMES / tenant

    def default_inbox(self, tenant: str) -> Path | None:
        """The inbox of a tenant whose file names none; None: the one in its home."""
        return self._own_inboxes / tenant if self._own_inboxes else None

    def claim(self, tenant: str, file: Path, key: str, path: Path) -> Claim:
        """The claim to a folder."""
        place, inbox = place_of(path), self.default_inbox(tenant)
        defaults = [place_of(default) for default in (self.default_home(tenant), inbox) if default]
        return Claim(tenant, file, key, str(path), place, place in defaults)

    def refusal(self, claim: Claim) -> str | None:
        """Why nobody may have this folder."""
        if not claim.is_folder:
            return None
        place, said = claim.place, f"{claim.key} ({claim.written})"
        taken = {self._home, self._home / HOMES, self._homes, self._folder, *self._home.parents, *self._folder.parents}
        among = self._home in place.parents and not {self._home / HOMES, self._homes} & set(place.parents)
        if place in taken or self._folder in place.parents or among:
            return f"{said} is a folder of the installation itself; give another"
        if claim.key != HOME and self._inboxes and (place == self._inboxes or place in self._inboxes.parents):
            return f"{said} holds the inboxes of all tenants; give another"
        return None

    def kept_for_another(self, claim: Claim) -> str | None:
        """Why only another tenant may have this folder, whether that tenant has a file or not."""
        if claim.is_default:
            return None
        kept = [(self._homes, HOME)]
        if self._inboxes and claim.key != HOME:
            kept.append((self._inboxes, INBOX))
        for above, key in kept:
            if above in claim.place.parents and (name := claim.place.relative_to(above).parts[0]) != claim.tenant:
                return (
                    f"{claim.key} ({claim.written}) is kept for a tenant called {name}, whose {key} it is or would be; "
                    "give another"
                )
        return None


def claims_of(settings: Settings, file: Path, ground: Ground) -> tuple[list[Claim], list[Secret]]:
    """What a tenant with a file that can be used claims."""
    tenant = settings.tenant or ""
    claims = [ground.claim(tenant, file, HOME, settings.home)]
    if settings.given_inbox:
        claims.append(ground.claim(tenant, file, INBOX, settings.given_inbox))
    for key, url in zip(URLS, (settings.archive_url, settings.raw_url, settings.published_url), strict=True):
        if url:
            claims.append(_url(tenant, file, key, url))
    secrets = [("FUNNELHOUSE_PII_KEY", settings.given_pii_key), ("FUNNELHOUSE_SPARK_SERVER", settings.spark_server)]
    return claims, [Secret(tenant, file, key, value.lower()) for key, value in secrets if value]


def claims_in(file: Path, ground: Ground) -> tuple[list[Claim], list[Secret]]:
    """What a file claims that cannot be used: whatever in it looks like a folder, a URL, a key or an address.

    The name of the setting may be the mistake, so it decides nothing. A file that never was a tenant's
    (`acme copy.env`) claims nothing; `acme.env.bak` speaks for acme.
    """
    tenant = file.name.partition(".")[0]
    if not NAME.fullmatch(tenant):
        return [], []
    claims = [ground.claim(tenant, file, HOME, ground.default_home(tenant))]
    if inbox := ground.default_inbox(tenant):
        claims.append(ground.claim(tenant, file, INBOX, inbox))
    secrets = []
    for key, value in _values(file):
        try:
            if value.partition("://")[2].strip("/"):
                claims.append(_url(tenant, file, key, value))
            elif value.startswith(("/", "~")):
                claims.append(ground.claim(tenant, file, key, Path(value).expanduser()))
        except (OSError, ValueError, RuntimeError):  # no place at all
            continue
        if _KEY.fullmatch(value):
            secrets.append(Secret(tenant, file, "FUNNELHOUSE_PII_KEY", value.lower()))
        elif _ADDRESS.fullmatch(value):
            secrets.append(Secret(tenant, file, "FUNNELHOUSE_SPARK_SERVER", value.lower()))
    return claims, secrets


def _values(file: Path) -> Iterator[tuple[str, str]]:
    try:
        text = file.read_bytes().decode("utf-8", "surrogateescape")
    except OSError:  # then only the folders kept for its name and the home's own file of its owner protect it
        return
    for line in text.removeprefix("\ufeff").splitlines():
        if (match := _LINE.fullmatch(line)) and match["value"]:
            yield match["name"] or "a line", match["value"].strip("\"'")


def _url(tenant: str, file: Path, key: str, url: str) -> Claim:
    return Claim(tenant, file, key, url, place_of_url(url))


def refusals(claims: list[Claim], secrets: list[Secret], ground: Ground) -> Iterator[tuple[Path, str]]:
    """Files whose claims cannot be granted, each with what is wrong.

    Of two that claim one place both are named, since nobody can know whose it is, unless it is one's own anyway or the
    name of one of them stands in it.
    """
    by_place: dict[Path, list[Claim]] = {}
    for claim in claims:
        if why := ground.refusal(claim) or owned_by_another(claim):
            yield claim.file, why
            continue
        if why := ground.kept_for_another(claim):
            yield claim.file, why
        by_place.setdefault(claim.place, []).append(claim)
    for place, here in by_place.items():
        for above in (place, *place.parents):
            for one, other in product(here, by_place.get(above, ())):
                if one.tenant != other.tenant:
                    yield from _both(one, other)
    yield from _shared(secrets)


def _both(one: Claim, other: Claim) -> Iterator[tuple[Path, str]]:
    is_same = one.place == other.place
    for claim, its, said in ((one, other, "lies inside"), (other, one, "holds")):
        if not claim.is_default or its.is_default:
            yield (
                claim.file,
                f"{claim.key} ({claim.written}) {'is the same place as' if is_same else said} {its.key} of tenant "
                f"{its.tenant} ({its.written}, {its.file.name}); give each a place of its own",
            )


def _shared(secrets: list[Secret]) -> Iterator[tuple[Path, str]]:
    by_value: dict[tuple[str, str], list[Secret]] = {}
    for secret in secrets:
        by_value.setdefault((secret.key, secret.value), []).append(secret)
    for sharing in by_value.values():
        for secret in sharing:
            others = sorted({other.tenant for other in sharing} - {secret.tenant})
            if others:
                yield secret.file, f"{secret.key} is also that of {', '.join(others)}; give each its own"


def not_to_read(given: Claim, claims: Iterable[Claim], ground: Ground) -> str | None:
    """Why a tenant may not read this folder as its inbox: it is, holds or lies in what is somebody else's."""
    for claim in claims:
        overlaps = (
            given.place == claim.place or given.place in claim.place.parents or claim.place in given.place.parents
        )
        if claim.tenant != given.tenant and overlaps and not ground.refusal(claim):
            return f"it belongs to tenant {claim.tenant}"
    return ground.refusal(given) or owned_by_another(given) or ground.kept_for_another(given)


def owned_by_another(claim: Claim) -> str | None:
    """Why a tenant may not have this folder: it is, or lies in, a home in which another name stands."""
    if not claim.is_folder:
        return None
    path = Path(os.path.realpath(folder_of_url(claim.written) or claim.written))
    for home in (path, *path.parents):
        owner = owner_of(home)
        if owner is not None and owner != claim.tenant:
            return (
                f"{claim.key} ({claim.written}) is, or lies in, the home of tenant {owner!r}, as {home / OWNER} says; "
                f"give another {claim.key} in {claim.file}, or, if the data there is that of {claim.tenant}, write "
                f"{claim.tenant} into {home / OWNER}"
            )
    return None
