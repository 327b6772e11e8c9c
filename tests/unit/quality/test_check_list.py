"""docs/data-quality.md lists every check there is, with its size and why."""

from __future__ import annotations

from funnelhouse.commands.check_list import MARK, check_list
from funnelhouse.contracts.reasons import REASONS
from funnelhouse.quality.suites import BOUNDARIES, SIZES, load_suites
from funnelhouse.settings import REPOSITORY, load_settings
from funnelhouse.store.standing import SUSPENDED_FOR

SETTINGS = load_settings()
PAGE = (REPOSITORY / "docs" / "data-quality.md").read_text(encoding="utf-8")


def rows(title: str) -> list[list[str]]:
    """Cells of the table below a heading of the generated part."""
    part = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return [
        [cell.strip() for cell in line.replace("\\|", " or ").strip("|").split("|")]
        for line in part.splitlines() if line.startswith("| `")
    ]  # fmt: skip


def test_the_list_is_as_the_code_has_it() -> None:
    assert PAGE.partition(MARK)[2].strip() == check_list(SETTINGS).strip(), "run `make docs`"


def test_every_check_of_every_suite_is_in_it_with_its_size_and_reason() -> None:
    for boundary, title in zip(BOUNDARIES, ("Raw tables", "Marts"), strict=True):
        listed = {
            (name.strip("`"), table, size): why
            for name, tables, size, _, why in rows(title) for table in tables.split(", ")
        }  # fmt: skip
        for suite in load_suites(SETTINGS.expectations, boundary):
            for check in suite.checks:
                place = (check.name, suite.table.partition(".")[2], check.size)
                assert listed.get(place), place


def test_every_way_in_which_a_file_does_not_count_is_in_it() -> None:
    assert {name.strip("`") for name, *_ in rows("Files")} == {*REASONS, *SUSPENDED_FOR}


def test_only_checks_of_the_warehouse_block() -> None:
    found = rows("Raw tables") + rows("Models") + rows("Marts")
    assert {size for _, _, size, _, _ in found} == set(SIZES)
    assert {size for _, _, size, fate, _ in found if fate == "blocks"} == {"warehouse"}
    assert {size for _, _, size, fate, _ in found if fate == "row kept aside"} == {"row"}
