"""The services of docker-compose.yml may do no more than they must."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import yaml

from funnelhouse.dag_parts import WRITER_QUEUE
from funnelhouse.settings import NAMES, REPOSITORY, settings_from
from funnelhouse.tenants import CHOSEN, FOLDER

TEXT = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
DEFAULT = {"postgres", "init", "api-server", "scheduler", "dag-processor"}
SCALE = {"redis", "worker", "writer"}
ENVIRONMENTS = {
    name: dict(
        line.split("=", 1)
        for line in (REPOSITORY / "compose" / f"{name}.env").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
    for name in ("local", "scale")
}
REFUSED = dict(
    re.findall(r"\$\{([A-Z_]+):\+\$\{NOT_IN_COMPOSE:\?([^}]+)\}\}", "\n".join(yaml.safe_load(TEXT)["x-refused"]))
)
"""What is said when a setting is there that the services cannot follow."""
EXAMPLE = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
SECRETS = ("POSTGRES_PASSWORD", "JWT_SECRET", "FERNET_KEY", "FUNNELHOUSE_PII_KEY", "REDIS_PASSWORD")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_rights_beyond_its_own_folders(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["read_only"] is True
    assert service["mem_limit"] and service["pids_limit"]
    assert not service.get("privileged") and not service.get("cap_add")
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert not service.get("ports") or name == "api-server"
    # What is written goes to a named volume or to memory; a folder of the machine is only read.
    for mount in service.get("volumes", []):
        source, _, rest = mount.rpartition(":/")
        assert re.fullmatch(r"[a-z]+", source) or rest.endswith(":ro"), mount


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_built_here_or_named_by_whoever_runs_it(name: str) -> None:
    """No tag that somebody else can move: the variables ask for a digest, and there is no default."""
    service = SERVICES[name]
    image = service["build"]["args"]["PYTHON_IMAGE"] if "build" in service else service["image"]
    if name in SCALE - {"worker", "writer"}:  # asked for only with the profile
        image = image.removeprefix("${COMPOSE_PROFILES:+").removesuffix("}")
    assert re.fullmatch(r"\$\{[A-Z_]+_IMAGE:\?[^}]*digest[^}]*\}", image), image


@pytest.mark.parametrize("secret", SECRETS)
def test_every_secret_is_required_and_explained(secret: str) -> None:
    text = TEXT + "".join(ENVIRONMENTS["scale"].values())
    # Every use of it asks for it.
    assert text.count(f"${{{secret}:?") == text.count(f"${{{secret}") > 0
    assert secret in EXAMPLE


def test_workers_come_with_their_profile_and_the_rest_without() -> None:
    profiles = {name: service.get("profiles", []) for name, service in SERVICES.items()}
    assert profiles == {name: [] for name in DEFAULT} | {name: ["scale"] for name in SCALE}


def test_one_variable_decides_about_services_executor_and_packages() -> None:
    """So they cannot disagree: another name than `scale` has no file of settings, and Compose refuses."""
    airflow = set(SERVICES) - {"postgres", "redis"}
    assert {SERVICES[name]["env_file"] for name in airflow} == {"compose/${COMPOSE_PROFILES:-local}.env"}
    assert {SERVICES[name]["image"] for name in airflow} == {"funnelhouse:${COMPOSE_PROFILES:-latest}"}
    extras = {SERVICES[name]["build"]["args"]["EXTRAS"] for name in airflow}
    assert {text.split()[0] for text in extras} == {"${COMPOSE_PROFILES:-}"}
    executors = {name: settings["AIRFLOW__CORE__EXECUTOR"] for name, settings in ENVIRONMENTS.items()}
    assert executors == {"local": "LocalExecutor", "scale": "CeleryExecutor"}
    assert not any("AIRFLOW__CORE__EXECUTOR" in SERVICES[name]["environment"] for name in airflow)  # it would win
    assert (REPOSITORY / "scale.lock").exists()


def test_each_queue_has_workers_and_the_writers_has_one_with_the_memory_of_a_build() -> None:
    queues = {
        name: re.findall(r"--queues (\S+) --concurrency (\d+)", service["command"])
        for name, service in SERVICES.items()
        if "celery worker" in str(service.get("command"))
    }
    assert queues == {"worker": [("default", "2")], "writer": [(WRITER_QUEUE, "1")]}
    assert "deploy" not in SERVICES["writer"]
    assert SERVICES["writer"]["mem_limit"] == "${WRITER_MEMORY:-7g}"


def test_the_broker_asks_for_a_password_that_is_in_no_list_of_processes() -> None:
    redis = SERVICES["redis"]
    assert "requirepass $$REDISCLI_AUTH" in redis["command"][-1] and redis["command"][-1].startswith("exec ")
    assert "REDIS_PASSWORD" in redis["environment"]["REDISCLI_AUTH"]
    assert "REDIS_PASSWORD" in ENVIRONMENTS["scale"]["AIRFLOW__CELERY__BROKER_URL"]


def test_every_setting_that_compose_reads_stands_in_the_example() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", TEXT + "".join(ENVIRONMENTS["scale"].values())))
    assert asked >= {"COMPOSE_PROFILES", "WORKERS", "REDIS_IMAGE", "AIRFLOW_PARALLELISM"}
    assert {name for name in asked if name not in EXAMPLE} == {"NOT_IN_COMPOSE"}  # what is never set


def test_every_setting_of_the_example_reaches_the_services_or_is_refused() -> None:
    """None is ignored without a word. The home and the inbox are mounts of the containers."""
    names = {*NAMES, FOLDER, CHOSEN}
    assert names == set(re.findall(r"^(FUNNELHOUSE_[A-Z_]+)=", EXAMPLE, re.MULTILINE))
    for service in set(SERVICES) - {"postgres", "redis"}:
        told = {name: text for name, text in SERVICES[service]["environment"].items() if name in names}
        assert told.pop("FUNNELHOUSE_INBOX") == "/exports"
        assert set(told) & set(REFUSED) == set()
        assert names - set(told) - set(REFUSED) == {"FUNNELHOUSE_HOME", "FUNNELHOUSE_INBOX"}
        for name, text in told.items():
            assert re.fullmatch(rf"\$\{{{name}:[-?][^}}]*\}}", text), text
    assert "${FUNNELHOUSE_INBOX:-./exports}:/exports:ro" in SERVICES["scheduler"]["volumes"]
    assert "FUNNELHOUSE_HOME=/data " in (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    assert "data:/data" in SERVICES["scheduler"]["volumes"]


def test_a_setting_that_the_services_cannot_follow_is_refused_by_its_name() -> None:
    assert len(REFUSED) == len(yaml.safe_load(TEXT)["x-refused"]) == 6
    for name, said in REFUSED.items():
        assert said.endswith(f": leave {name} empty")
        # Who copies the example is not refused.
        assert f"\n{name}=\n" in EXAMPLE


def test_an_object_store_brings_its_packages_and_its_connection() -> None:
    stores = {name for name in NAMES if name.endswith("_URL")}
    assert len(stores) == 3
    dockerfile = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    for service in set(SERVICES) - {"postgres", "redis"}:
        extras = SERVICES[service]["build"]["args"]["EXTRAS"].split()[1:]
        assert set(extras) == {f"${{{name}:+objects}}" for name in stores}
        # Without a value Compose takes it from .env; an empty one would be an unreadable connection.
        assert SERVICES[service]["environment"]["AIRFLOW_CONN_STORE"] is None
    assert "objects.lock" in dockerfile and (REPOSITORY / "objects.lock").exists()


def test_a_default_is_the_same_for_the_services_as_in_the_example() -> None:
    """An empty one is left to the code, which takes an empty value for none."""
    given = dict(re.findall(r"^(FUNNELHOUSE_[A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    defaults = dict(re.findall(r"\$\{(FUNNELHOUSE_[A-Z_]+):-([^}]*)\}", str(SERVICES["scheduler"]["environment"])))
    assert len(defaults) == 21
    assert {name: text for name, text in defaults.items() if text not in ("", given[name])} == {}
    empty = settings_from({name: "" for name in NAMES})
    assert empty == settings_from({})
    documented = settings_from({name: text for name, text in given.items() if name in NAMES})
    assert replace(documented, home=empty.home) == empty


def test_the_base_of_the_image_has_no_default() -> None:
    lines = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert "ARG PYTHON_IMAGE" in lines and "FROM ${PYTHON_IMAGE}" in lines
