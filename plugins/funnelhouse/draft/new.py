"""`funnelhouse contract new`: draft a contract for an unknown export, check that it is one, and say what it does."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from funnelhouse.contracts.entities import entities
from funnelhouse.contracts.loader import load_contract
from funnelhouse.contracts.reasons import Refused
from funnelhouse.contracts.schema import Contract
from funnelhouse.draft.compose import Draft, compose
from funnelhouse.draft.guess import guess
from funnelhouse.draft.look import look_at
from funnelhouse.draft.names import draft_name
from funnelhouse.errors import Verdict
from funnelhouse.extract.check_file import check_file, known_contracts
from funnelhouse.files import write_bytes
from funnelhouse.reading.explanation.candidates import known_labels
from funnelhouse.reading.workspace import scratch
from funnelhouse.settings import Settings

_NAME = re.compile(r"[a-z0-9_]+__[a-z0-9_]+")


@dataclass
class NewContract:
    """A draft on disk and the explanation of reading the file with it."""

    path: Path
    draft: Draft
    explanation: dict[str, Any]


def new_contract(
    settings: Settings, path: Path, entity: str | None = None, output: Path | None = None, *, force: bool = False
) -> NewContract:
    """Write a draft contract for `path`. Raises Verdict if it is recognised already, unreadable, or the file exists.

    `output` is by default a file below the home's contracts; `force` overwrites it and drafts for known kinds too.
    """
    contracts = known_contracts(settings)
    if entity is not None:
        entity = _main_entity(entity)
    explanation = check_file(settings, path, contracts=contracts)
    known = [head["chosen"]["contract"] for head in explanation["members"] if "chosen" in head]
    if known and not force:
        raise Verdict(_already(settings, known[0], explanation))
    if not known and explanation["reason"] not in ("unknown_kind", None):
        raise Verdict(f"{path.name}: {explanation['reason']}: {explanation['message']}")
    usable = [contract for contract in contracts.values() if contract.contract not in known or not force]
    with tempfile.TemporaryDirectory(prefix="funnelhouse-") as root, scratch(Path(root)) as workspace:
        try:
            look = look_at(path, workspace, known_labels(contracts.values()), settings.limits)
        except Refused as refusal:
            raise Verdict(f"{path.name}: {refusal.message}") from None
        found = guess(look, usable, entity)
        sources = {contract.source for contract in contracts.values()}
        kind = entity or (found.entity.name if found.entity else None)
        unfinished = [name for name in known if _is_unfinished(contracts[name])]  # its own earlier draft: replaced
        made = unfinished[0] if unfinished else draft_name(path.name, kind, sources, _folder(settings, path))
        name = _name(output) if output else made
        target = output or settings.user_contracts / f"{name}.yml"
        if target.exists() and not force:
            raise Verdict(
                f"{target} exists already: edit it, give --output another__name.yml, or --force to replace it"
            )
        draft = compose(look, found, usable, name, known)
        trial = Path(root) / f"{name}.yml"
        trial.write_text(draft.text, encoding="utf-8")
        contract = load_contract(trial)
    write_bytes(target, draft.text.encode())
    return NewContract(target, draft, check_file(settings, path, contracts={**contracts, name: contract}))


def _is_unfinished(contract: Contract) -> bool:
    return contract.refuse is not None and contract.refuse.reason == "unfinished_contract"


def _folder(settings: Settings, path: Path) -> str | None:
    """The first folder below the inbox, `<source>/<account>/file`, where the file lies in one."""
    try:
        parts = path.absolute().relative_to(settings.inbox.absolute()).parts
    except ValueError:
        return None
    return parts[0] if len(parts) > 2 else None


def _main_entity(name: str) -> str:
    """The entity, or the one of which it is the period twin. Raises Verdict for an unknown one."""
    for entity in entities().values():
        if name in (entity.name, entity.period_twin) and (name == entity.name or entity.period_twin):
            main = next((other.name for other in entities().values() if other.period_twin == name), name)
            return main
    raise Verdict(f"--entity {name!r} is not an entity; entities: {', '.join(entities())}")


def _name(output: Path) -> str:
    if output.suffix != ".yml" or not _NAME.fullmatch(output.stem):
        raise Verdict(f"--output {output.name!r} must be called <source>__<kind>.yml, like adlantis__daily.yml")
    return output.stem


def _already(settings: Settings, name: str, explanation: dict[str, Any]) -> str:
    own = settings.user_contracts / f"{name}.yml"
    where = f"your contract {own}" if own.exists() else f"the contract {name}"
    result = "it would load" if explanation["would_load"] else f"it is refused: {explanation['message']}"
    return (
        f"{explanation['file']} is recognised already, by {where}; {result}. "
        "`funnelhouse contract check FILE` explains it; --force drafts a contract nevertheless"
    )
