"""Contracts are checked when loaded; an error names file, field and how to fix it."""

from __future__ import annotations

from pathlib import Path

import pytest

from funnelhouse.contracts.loader import ContractError, load_contract, load_contracts
from funnelhouse.errors import Verdict

GOOD = """
title: Radio spots
source: radio
evidence: file
detect: {required: [date, spend]}
fields:
  date: {labels: [Aired on]}
  spend: {labels: [Paid]}
grain: {day: date}
outputs: [{entity: ads_performance}]
"""


def test_every_built_in_contract_loads_and_says_what_it_is() -> None:
    contracts = load_contracts()
    assert len(contracts) > 60
    for contract in contracts.values():
        identity = contract.identity()
        assert identity["title"]
        assert identity["channel"] in ("email", "ads", "social", "web", "crm", "plans")


def test_a_contract_of_the_user_replaces_the_built_in_one_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "radio__spots.yml").write_text(GOOD)
    (tmp_path / "google_ads__report_editor.yml").write_text(GOOD)
    contracts = load_contracts(tmp_path)
    assert contracts["radio__spots"].source == "radio"
    assert contracts["google_ads__report_editor"].title == "Radio spots"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("labels: [Paid]", "lables: [Paid]"), "fields.spend.lables"),
        (("entity: ads_performance", "entity: advertising"), "is not an entity"),
        (("required: [date, spend]", "required: [day]"), "detect.required: 'day' is not declared"),
        (("source: radio\n", ""), "source"),
        (("evidence: file", "evidence: rumour"), "evidence"),
        (("grain: {day: date}", "grain: {period_start: begin}"), "grain: 'begin'"),
        (("grain: {day: date}", "grain: {day: date}\nmoney: [Price]"), "money: needs extra: drop"),
        (("[Aired on]", "['~(unclosed']"), "regular expression"),
        (("[Aired on]", "['~(?=ahead)x']"), "lookaround"),
        (("{entity: ads_performance}", "{entity: ads_performance, columns: {spent: spend}}"), "no column 'spent'"),
        (("{entity: ads_performance}", "{entity: ads_performance, columns: {spend: {guess: 1}}}"), "exactly one of"),
        (("outputs: [{entity: ads_performance}]", ""), "outputs"),
    ],
)
def test_an_error_names_file_field_and_how_to_fix_it(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = tmp_path / "radio__spots.yml"
    path.write_text(GOOD.replace(*change))
    with pytest.raises(ContractError) as error:
        load_contract(path)
    assert "radio__spots.yml" in str(error.value)
    assert message in str(error.value)


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "radio__spots.yml"
    path.write_text("a: [")
    with pytest.raises(ContractError, match=r"radio__spots\.yml: cannot be read as YAML"):
        load_contract(path)


def test_a_broken_contract_is_a_verdict_that_no_retry_repairs() -> None:
    assert issubclass(ContractError, Verdict)
    assert issubclass(ContractError, ValueError)


def test_checked_contracts_are_kept_for_the_next_process(tmp_path):
    """A kept copy says the same as the contracts; one that was tampered with is checked anew, and runs nothing."""
    from funnelhouse.contracts import loader

    contracts = load_contracts(cache=tmp_path)
    path = tmp_path / "contracts.cache"
    loader._built_in.cache_clear()
    assert load_contracts(cache=tmp_path) == contracts
    content = path.read_bytes()

    import hashlib
    import pickle

    class Planted:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "planted",))

    for body in (content[128:-1], pickle.dumps({"x": Planted()}), b""):
        path.write_bytes(content[:64] + hashlib.sha256(body).hexdigest().encode() + body)
        loader._built_in.cache_clear()
        assert load_contracts(cache=tmp_path) == contracts
        assert path.read_bytes() == content
    assert not (tmp_path / "planted").exists()
    # Another version of the code or of a contract has another key, so the copy does not count for it.
    path.write_bytes(b"0" * 64 + content[64:])
    loader._built_in.cache_clear()
    assert load_contracts(cache=tmp_path) == contracts
    assert path.read_bytes() == content
