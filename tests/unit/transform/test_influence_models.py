"""Points models as a marketer writes them: what they become, and what is said, with its line, of wrong ones."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from funnelhouse.settings import REPOSITORY, Settings
from funnelhouse.transform.build_state import fingerprint
from funnelhouse.transform.influence import FLAGS, LABELLED, PEOPLE, TEMPLATE, read_models
from funnelhouse.transform.own_pipelines import PipelineError, own_pipelines

MINE = """
# what we think
webinars first:
  campaign_type:
    Webinar: 5
    Trade show: -4
  last_touch: 2
  within_days: {30: 1}
"""


def write(home: Settings, text: str) -> Path:
    path = home.own_pipelines / "influence_models.yml"
    path.write_text(text, encoding="utf-8")
    return path


def merged(home: Settings) -> dict[tuple[str, str, str], str]:
    with Path(own_pipelines(home)["influence_rules"]).open(encoding="utf-8", newline="") as file:
        return {(row["model"], row["criterion"], row["label"]): row["points"] for row in csv.DictReader(file)}


def test_the_models_of_the_warehouse_are_the_template() -> None:
    rows, faults = read_models(TEMPLATE)
    with (REPOSITORY / "dbt_project" / "seeds" / "influence_rules.csv").open(encoding="utf-8", newline="") as file:
        assert (rows, faults) == (list(csv.DictReader(file)), [])


def test_the_template_says_what_can_be_written() -> None:
    said = TEMPLATE.read_text(encoding="utf-8")
    assert all(name in said for name in ("people", *PEOPLE, *FLAGS, *LABELLED))


def test_the_template_has_models_of_deals_and_of_accounts() -> None:
    people = {row["model"]: row["people"] for row in read_models(TEMPLATE)[0]}
    assert set(people.values()) == set(PEOPLE)


def test_a_model_says_whose_touches_it_counts(home: Settings) -> None:
    write(
        home, "ours: {last_touch: 1, people: Account}\ntheirs: {people: deal, last_touch: 1}\nsilent: {last_touch: 1}\n"
    )
    with Path(own_pipelines(home)["influence_rules"]).open(encoding="utf-8", newline="") as file:
        people = {row["model"]: row["people"] for row in csv.DictReader(file)}
    assert (people["ours"], people["theirs"], people["silent"]) == ("account", "deal", "")


def test_an_own_model_stands_beside_those_there_are(home: Settings) -> None:
    write(home, MINE)
    rules = merged(home)
    assert {key[1:]: points for key, points in rules.items() if key[0] == "webinars first"} == {
        ("campaign_type", "webinar"): "5",
        ("campaign_type", "trade show"): "-4",
        ("last_touch", ""): "2",
        ("within_days", "30"): "1",
    }
    assert rules["influence_balanced", "first_touch", ""] == "2"


def test_a_model_replaces_the_one_of_its_name_as_a_whole(home: Settings) -> None:
    write(home, "influence_balanced: {first_touch: 9}")
    assert {key: points for key, points in merged(home).items() if key[0] == "influence_balanced"} == {
        ("influence_balanced", "first_touch", ""): "9"
    }


def test_another_model_asks_for_another_build(home: Settings) -> None:
    write(home, MINE)
    before = fingerprint(home)
    write(home, MINE.replace("last_touch: 2", "last_touch: 3"))
    assert fingerprint(home) != before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("mine:\n  first_tuch: 3\n", "line 2: criterion 'first_tuch' is unknown", id="criterion"),
        pytest.param("mine:\n  first_touch: many\n", "line 2: points of first_touch are 'many'", id="points"),
        pytest.param("mine:\n  first_touch: 2.5\n", "line 2: points of first_touch are '2.5'", id="parts of points"),
        pytest.param("mine:\n  first_touch:\n    Webinar: 3\n", "line 3: points of first_touch are a list",
                     id="compared with nothing"),
        pytest.param("mine:\n  campaign_type: 3\n", "line 2: what campaign_type is compared with", id="no label"),
        pytest.param("mine:\n  within_days:\n    soon: 3\n", "line 3: within_days is 'soon'", id="days"),
        pytest.param("linear:\n  first_touch: 3\n", "line 1: model 'linear' is not made of points", id="built in"),
        pytest.param("linear_account:\n  first_touch: 3\n", "line 1: model 'linear_account'",
                     id="built in of accounts"),
        pytest.param("mine:\n  last_touch: 3\n  people: everybody\n", "line 3: people is 'everybody'. Write deal",
                     id="unknown people"),
        pytest.param("mine:\n  last_touch: 3\n  people: [deal, account]\n", "line 3: people is a list",
                     id="all people"),
        pytest.param("mine:\n  people:\n  last_touch: 3\n", "line 2: people is ''", id="people not said"),
        pytest.param("mine:\n  people: deal\n", "line 1: model 'mine' has no points", id="people alone"),
        pytest.param("mine:\n  last_touch: 3\n  last_touch: 4\n", "line 3: 'last_touch' stands in line 2", id="twice"),
        pytest.param("mine:\n  channel:\n    Email: 3\n    email: 4\n", "line 4: 'email' stands in line 3", id="case"),
        pytest.param("- mine\n", "line 1: models, like `my_model:` should stand here", id="list"),
        pytest.param("", "line 1: models, like `my_model:` should stand here", id="empty"),
        pytest.param("mine:\n", "line 1: criteria with points", id="nothing in it"),
        pytest.param("mine:\n  first_touch: 3\n last_touch: 4\n", "line 3", id="indent"),
        pytest.param("mine:\n\tfirst_touch: 3\n", "line 2", id="tabulator"),
        pytest.param("mine: {first_touch: [2, 3]}\n", "points of first_touch are a list", id="several points"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(home: Settings, text: str, said: str) -> None:
    path = write(home, text)
    with pytest.raises(PipelineError) as stopped:
        own_pipelines(home)
    assert str(path) in str(stopped.value) and said in str(stopped.value)


def test_all_that_is_wrong_is_said_at_once(home: Settings) -> None:
    write(home, "linear:\n  first_tuch: 3\n  last_touch: x\n")
    with pytest.raises(PipelineError) as stopped:
        own_pipelines(home)
    assert all(f"line {number}:" in str(stopped.value) for number in (1, 2, 3))


def test_a_table_of_rules_is_not_how_models_are_written(home: Settings) -> None:
    (home.own_pipelines / "influence_rules.csv").write_text("model,criterion,label,points\n", encoding="utf-8")
    with pytest.raises(PipelineError, match=r"no such table.*influence_models\.yml"):
        own_pipelines(home)
