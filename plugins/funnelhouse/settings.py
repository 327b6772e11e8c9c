"""Where things are and how the house is set up: the one reader of the environment.

Every setting has a sensible default; `.env.example` lists them all.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from pathlib import Path

from funnelhouse.errors import Verdict
from funnelhouse.files import create_once, private_folder, readable_folder
from funnelhouse.limits import Limits, setting

REPOSITORY = Path(__file__).resolve().parents[2]
ENGINES = ("duckdb", "spark")
"""What may build the models; checks and publishing are DuckDB's in either case."""

URLS = ("FUNNELHOUSE_ARCHIVE_URL", "FUNNELHOUSE_RAW_URL", "FUNNELHOUSE_PUBLISHED_URL")
OF_ONE_COMPANY = (
    "FUNNELHOUSE_HOME", "FUNNELHOUSE_INBOX", "FUNNELHOUSE_AS_OF", "FUNNELHOUSE_PII_KEY", "FUNNELHOUSE_SPARK_SERVER",
    *URLS,
)  # fmt: skip
"""Settings that two companies never share: where their data is, what day it is, the key of their hashes, a server whose
tables have the same names for everybody."""
NAMES = frozenset({
    *OF_ONE_COMPANY, "FUNNELHOUSE_TIMEZONE", "FUNNELHOUSE_CURRENCY", "FUNNELHOUSE_KEEP_VERSIONS",
    "FUNNELHOUSE_MEMORY_LIMIT", "FUNNELHOUSE_THREADS", "FUNNELHOUSE_RECEIVE_MINUTES",
    "FUNNELHOUSE_ENGINE", "FUNNELHOUSE_SPARK_MASTER", "FUNNELHOUSE_CATALOGUE_TABLES",
    *(setting(limit.name) for limit in fields(Limits)),
})  # fmt: skip
"""Every setting of a company."""

OWNER = "funnelhouse_tenant.txt"
"""File in the home of one company among several with the company's name: whose data this is, whatever files of settings
say later."""
_ALIASES = {"s3a": "s3", "gcs": "gs", "abfs": "abfss"}
"""Schemes that lead to the same place as another."""


class SettingsError(Verdict):
    """A setting of the environment is unusable; the message names it and how to fix it."""


@dataclass(frozen=True)
class Settings:
    """Paths under the home folder and the business choices that are configuration.

    `home` holds all state; removing it resets everything.
    """

    home: Path
    timezone: str = "UTC"
    currency: str = "USD"
    as_of: date | None = None
    keep_versions: int = 3
    memory_limit: str = "4GB"
    threads: int = 2
    limits: Limits = field(default_factory=Limits)
    given_inbox: Path | None = None
    given_pii_key: str | None = field(default=None, repr=False)
    receive_minutes: int = 3
    tenant: str | None = None
    """Name of the company among several in one installation; None: there is one only."""
    engine: str = "duckdb"
    spark_master: str = "local[*]"
    spark_server: str = ""
    archive_url: str | None = None
    raw_url: str | None = None
    published_url: str | None = None
    catalogue_tables: tuple[str, ...] = ()

    @property
    def has_stores(self) -> bool:
        """True if anything of this house is kept in an object store, too."""
        return bool(self.archive_url or self.raw_url or self.published_url)

    @property
    def inbox(self) -> Path:
        """Where exports arrive: the home's own inbox, or the folder FUNNELHOUSE_INBOX names, which is only read."""
        return self.given_inbox or self.home_inbox

    @property
    def home_inbox(self) -> Path:
        """Files as people drop them; drained as they are safely archived."""
        return self.home / "inbox"

    @property
    def archive(self) -> Path:
        """The bytes of every accepted file, by sha256."""
        return self.home / "archive"

    @property
    def quarantine(self) -> Path:
        """Refused files and rejected rows, with reasons."""
        return self.home / "quarantine"

    @property
    def raw(self) -> Path:
        """Typed Parquet batches and their lineage."""
        return self.home / "raw"

    @property
    def build(self) -> Path:
        """Private to the build: nobody else opens a file in here."""
        return self.home / "build"

    @property
    def build_file(self) -> Path:
        """The warehouse dbt writes."""
        return self.build / "warehouse.duckdb"

    @property
    def spark(self) -> Path:
        """What Spark needs and makes, if it builds: its catalogue and tables, and what says which raw files count."""
        return self.build / "spark"

    @property
    def published(self) -> Path:
        """What readers use."""
        return self.home / "published"

    @property
    def published_file(self) -> Path:
        """Symlink to the current published version."""
        return self.published / "warehouse.duckdb"

    @property
    def reports(self) -> Path:
        """Offline reports of the checks."""
        return self.home / "reports"

    @property
    def logs(self) -> Path:
        """Logs of dbt and Airflow."""
        return self.home / "logs"

    @property
    def user_contracts(self) -> Path:
        """The user's own source contracts."""
        return self.home / "contracts"

    @property
    def cache(self) -> Path:
        """What can be made anew at any time."""
        return self.home / "cache"

    @property
    def airflow(self) -> Path:
        """Airflow's homes: metadata databases, keys, the password of the login."""
        return self.home / "airflow"

    @property
    def own_pipelines(self) -> Path:
        """The user's own pipelines: rows that add to and replace those of the seeds."""
        return self.home / "pipelines"

    @property
    def own_files(self) -> list[Path]:
        """The tables and points models in own_pipelines, in the order of their names."""
        return sorted(path for path in self.own_pipelines.glob("*") if path.suffix in (".csv", ".yml", ".yaml"))

    @property
    def dbt_project(self) -> Path:
        """The dbt project of this repository."""
        return REPOSITORY / "dbt_project"

    @property
    def expectations(self) -> Path:
        """The suites of this repository."""
        return REPOSITORY / "expectations"

    @property
    def dags(self) -> Path:
        """The DAG definitions of this repository."""
        return REPOSITORY / "dags"

    @cached_property
    def pii_key(self) -> bytes:
        """Key of the hashes that stand for e-mail addresses and phone numbers (32 bytes).

        From FUNNELHOUSE_PII_KEY (hex), else generated once into the home folder, readable by its owner only.
        """
        given = self.given_pii_key
        if not given:
            path = self.home / "pii.key"
            create_once(path, os.urandom(32).hex().encode() + b"\n", mode=0o600)
            given = path.read_text(encoding="ascii").strip()
        try:
            key = bytes.fromhex(given)
        except ValueError:
            raise SettingsError("FUNNELHOUSE_PII_KEY must be hexadecimal, e.g. from: openssl rand -hex 32") from None
        if len(key) < 16:
            raise SettingsError("FUNNELHOUSE_PII_KEY must have at least 16 bytes (32 hexadecimal digits)")
        return key

    def make_folders(self) -> None:
        """Create the home folder's rooms. Safe to call at any time.

        Whatever the umask, only the owner looks into those that hold what was received, and anybody into what is
        published, if the folders above allow it. Raises SettingsError if the home belongs to another tenant.
        """
        if not self.home.exists():
            self.home.mkdir(parents=True)
            self.home.chmod(0o755)
        if self.tenant:
            self._write_owner(self.tenant)
        for folder in (self.home_inbox, self.raw, self.build, self.reports, self.logs, self.user_contracts):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.archive, self.quarantine, self.airflow):
            private_folder(folder)
        readable_folder(self.published)

    def _write_owner(self, tenant: str) -> None:
        """Write whose home this is, once."""
        path = self.home / OWNER
        if owner_of(self.home) is None:
            with contextlib.suppress(PermissionError):  # somebody who may only look
                if path.exists() and not path.stat().st_size:  # what a power cut left
                    path.unlink()
                create_once(path, f"{tenant}\n".encode())
        if (owner := owner_of(self.home)) not in (None, tenant):
            raise SettingsError(f"{self.home} is the home of tenant {owner!r}, as {path} says")


def load_settings(home: str | Path | None = None) -> Settings:
    """Read the environment. `home` overrides FUNNELHOUSE_HOME (default `./data` beside the code).

    Raises SettingsError for a value that cannot be used.
    """
    return settings_from(os.environ, home)


def settings_from(given: Mapping[str, str], home: str | Path | None = None, tenant: str | None = None) -> Settings:
    """Settings from FUNNELHOUSE_* names and their values. Raises SettingsError for a value that cannot be used."""
    chosen = absolute("FUNNELHOUSE_HOME", str(home or given.get("FUNNELHOUSE_HOME") or REPOSITORY / "data"))
    inbox = _folder(given, "FUNNELHOUSE_INBOX")
    archive_url, raw_url, published_url = _urls(given, chosen, inbox)
    return Settings(
        home=chosen,
        timezone=_timezone(given.get("FUNNELHOUSE_TIMEZONE") or "UTC"),
        currency=_currency(given.get("FUNNELHOUSE_CURRENCY") or "USD"),
        as_of=_date(given, "FUNNELHOUSE_AS_OF"),
        keep_versions=_whole(given, "FUNNELHOUSE_KEEP_VERSIONS", 3),
        memory_limit=given.get("FUNNELHOUSE_MEMORY_LIMIT") or "4GB",
        threads=_whole(given, "FUNNELHOUSE_THREADS", 2),
        limits=Limits(
            **{limit.name: _whole(given, setting(limit.name), int(str(limit.default))) for limit in fields(Limits)}
        ),
        given_inbox=inbox,
        given_pii_key=given.get("FUNNELHOUSE_PII_KEY") or None,
        receive_minutes=_whole(given, "FUNNELHOUSE_RECEIVE_MINUTES", 3),
        tenant=tenant,
        engine=_engine(given.get("FUNNELHOUSE_ENGINE") or "duckdb"),
        spark_master=given.get("FUNNELHOUSE_SPARK_MASTER") or "local[*]",
        spark_server=_server(given.get("FUNNELHOUSE_SPARK_SERVER", "")),
        archive_url=archive_url,
        raw_url=raw_url,
        published_url=published_url,
        catalogue_tables=tuple(given.get("FUNNELHOUSE_CATALOGUE_TABLES", "").replace(",", " ").split()),
    )


def owner_of(home: Path) -> str | None:
    """The tenant whose home this folder is; None if that was never written into it."""
    try:
        return (home / OWNER).read_text(encoding="utf-8", errors="replace").strip()[:80] or None
    except OSError:
        return None


def place_of(path: str | Path) -> Path:
    """What a path leads to, for comparing: two names that differ in case only may be one folder."""
    return Path(os.path.realpath(path).casefold())


def folder_of_url(url: str) -> str | None:
    """The folder that a file:// URL names; None for any other URL or text."""
    scheme, sign, rest = url.partition("://")
    return rest if sign and scheme.casefold() == "file" else None


def place_of_url(url: str) -> Path:
    """Where a URL leads, for comparing: of file:// the folder, else a relative path, which is no folder's."""
    if (folder := folder_of_url(url)) is not None:
        return place_of(folder)
    scheme, _, rest = url.casefold().partition("://")
    return Path(f"{_ALIASES.get(scheme, scheme)}:", os.path.normpath(f"/{rest}").lstrip("/"))


def _urls(given: Mapping[str, str], home: Path, inbox: Path | None) -> list[str | None]:
    """URLs of the object stores: none is, holds or lies in another, the home or the inbox."""
    urls = [(given.get(name) or "").rstrip("/") for name in URLS]
    taken = [("the home", place_of(home)), *([("FUNNELHOUSE_INBOX", place_of(inbox))] if inbox else [])]
    for name, url in zip(URLS, urls, strict=True):
        scheme, sign, rest = url.partition("://")
        if not url:
            continue
        is_file = folder_of_url(url) is not None
        if not (sign and scheme.isalnum() and rest.strip("/") and (not is_file or rest.startswith("/"))) or "\0" in url:
            raise SettingsError(f"{name}={url!r} is no URL; examples: s3://conn@bucket/prefix, file:///mnt/store/raw")
        place = place_of_url(url)
        for other, its in taken:
            if place == its or its in place.parents or place in its.parents:
                raise SettingsError(f"{name}={url!r} is, holds or lies in {other} ({its}); give it a place of its own")
        taken.append((name, place))
    return [url or None for url in urls]


def _engine(name: str) -> str:
    if name not in ENGINES:
        raise SettingsError(f"FUNNELHOUSE_ENGINE={name!r} is no engine; known: {', '.join(ENGINES)}")
    return name


def _server(address: str) -> str:
    host, _, port = address.rpartition(":")
    if address and not (host and port.isascii() and port.isdigit()):
        raise SettingsError(f"FUNNELHOUSE_SPARK_SERVER={address!r} is not host:port; example: 127.0.0.1:10000")
    return address


def _folder(given: Mapping[str, str], name: str) -> Path | None:
    text = given.get(name)
    if not text:
        return None
    folder = absolute(name, text)
    if not is_folder(folder):
        raise SettingsError(f"{name}={text!r} is not a folder; give the one that holds your exports")
    return folder


def absolute(name: str, text: str) -> Path:
    """The path that a setting names. Raises SettingsError if no path can be called that."""
    try:
        if "\0" in text:
            raise ValueError("a path has no null character")
        return Path(text).expanduser().absolute()
    except (RuntimeError, ValueError) as error:  # RuntimeError: the home of a user whom the machine does not know
        raise SettingsError(f"{name}={text!r} is no path ({error}); give an absolute one") from None


def is_folder(path: Path) -> bool:
    """True if this folder exists; False also if nobody here may look, or if no file system takes such a name."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _timezone(name: str) -> str:
    if name == "UTC":
        return name
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # takes longer to import than all else here

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: `Europe` is a folder of zones
        raise SettingsError(f"FUNNELHOUSE_TIMEZONE={name!r} is not an IANA time zone; example: Europe/Berlin") from None
    return name


def _currency(code: str) -> str:
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise SettingsError(f"FUNNELHOUSE_CURRENCY={code!r} is not an ISO 4217 code; example: EUR")
    return code.upper()


def _date(given: Mapping[str, str], name: str) -> date | None:
    text = given.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"{name}={text!r} is not a date; example: 2026-10-31") from None


def _whole(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name)
    if not text:
        return default
    # int() takes more than digits (` 1_0`), str.isdigit() takes `²`.
    if not re.fullmatch(r"[0-9]{1,18}", text) or int(text) < 1:
        raise SettingsError(f"{name}={text!r} must be a whole number of at least 1")
    return int(text)
