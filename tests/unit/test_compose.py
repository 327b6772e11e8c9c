"""The services of docker-compose.yml may do no more than they must."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from funnelhouse.settings import REPOSITORY

TEXT = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
SECRETS = ("POSTGRES_PASSWORD", "JWT_SECRET", "FERNET_KEY", "FUNNELHOUSE_PII_KEY")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_rights_beyond_its_own_folders(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["read_only"] is True
    assert service["mem_limit"] and service["pids_limit"]
    assert not service.get("privileged") and not service.get("cap_add")
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    # What is written goes to a named volume or to memory; a folder of the machine is only read.
    for mount in service["volumes"]:
        source, _, rest = mount.rpartition(":/")
        assert re.fullmatch(r"[a-z]+", source) or rest.endswith(":ro"), mount


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_built_here_or_named_by_whoever_runs_it(name: str) -> None:
    """No tag that somebody else can move: the variables ask for a digest, and there is no default."""
    service = SERVICES[name]
    image = service["build"]["args"]["PYTHON_IMAGE"] if "build" in service else service["image"]
    assert re.fullmatch(r"\$\{[A-Z_]+_IMAGE:\?[^}]*digest[^}]*\}", image), image


@pytest.mark.parametrize("secret", SECRETS)
def test_every_secret_is_required_and_explained(secret: str) -> None:
    assert f"${{{secret}:?" in TEXT
    assert f"${{{secret}:-" not in TEXT
    assert secret in (REPOSITORY / ".env.example").read_text(encoding="utf-8")


def test_the_base_of_the_image_has_no_default() -> None:
    lines = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert "ARG PYTHON_IMAGE" in lines and "FROM ${PYTHON_IMAGE}" in lines
