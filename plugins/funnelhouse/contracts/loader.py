"""Reading contracts from disk: the built-in ones and the user's own, with errors that name file, field and fix."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from funnelhouse.contracts.cache import keep, kept, key_of
from funnelhouse.contracts.checking import made_of
from funnelhouse.contracts.schema import Contract
from funnelhouse.errors import Verdict

if TYPE_CHECKING:
    from pydantic import ValidationError

BUILT_IN = Path(str(files(__package__).joinpath("sources")))
"""Folder of the contracts that come with Funnelhouse."""


class ContractError(Verdict, ValueError):
    """A contract file cannot be used; the message names the file, the field and the fix."""


def load_contract(path: Path) -> Contract:
    """Read and check one contract. Raises ContractError."""
    # Most processes find their contracts kept, and need neither of these.
    import yaml
    from pydantic import ValidationError

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 (a safe loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ContractError(f"{path.name}: cannot be read as YAML: {error}") from None
    if not isinstance(document, dict):
        raise ContractError(f"{path.name}: must be a mapping that starts with `contract:` (see docs/contracts.md)")
    document.setdefault("contract", path.stem)
    try:
        contract: Contract = made_of(Contract, document)
    except ValidationError as error:
        raise ContractError(_explained(path.name, error)) from None
    if contract.contract != path.stem:
        raise ContractError(f"{path.name}: contract: {contract.contract!r} must equal the file's name")
    _ = contract.content_hash  # kept with it: to make it takes pydantic
    return contract


def _explained(name: str, error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        place = ".".join(str(part) for part in problem["loc"]) or "contract"
        message = str(problem["msg"]).removeprefix("Value error, ")
        if problem["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
            message = "no such field; see docs/contracts.md for the fields (check the spelling)"
        lines.append(f"{name}: {place}: {message}")
    return "\n".join(lines)


def load_contracts(user_folder: Path | None = None, cache: Path | None = None) -> dict[str, Contract]:
    """All contracts by name; a user's contract of the same name replaces the built-in one. Raises ContractError.

    `cache` is a folder where the checked built-in contracts are kept for the next process.
    """
    paths = sorted(BUILT_IN.glob("*.yml"))
    found = dict(_built_in(tuple((path, path.stat().st_mtime_ns) for path in paths), cache))
    if user_folder is not None and user_folder.is_dir():
        for path in sorted(user_folder.glob("*.yml")):
            found[path.stem] = _cached(path, path.stat().st_mtime_ns)
    return found


@lru_cache(maxsize=4)
def _built_in(listed: tuple[tuple[Path, int], ...], cache: Path | None) -> dict[str, Contract]:
    if cache is None:
        return _checked(listed)
    key = key_of([path for path, _ in listed])
    found = kept(cache, key)
    if found is None:
        found = _checked(listed)
        keep(cache, key, found)
    return found


@lru_cache(maxsize=4)
def _checked(listed: tuple[tuple[Path, int], ...]) -> dict[str, Contract]:
    """Once in a process, whatever the homes it works for."""
    return {path.stem: load_contract(path) for path, _ in listed}


@lru_cache(maxsize=512)
def _cached(path: Path, mtime_ns: int) -> Contract:
    return load_contract(path)
