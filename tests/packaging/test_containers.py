"""The image and the services, read rather than run: the tests' machine need not have a container engine."""

import configparser
import json
import re
from typing import Any

import pytest
import yaml

from tests.architecture.project import PACKAGES, ROOT
from tests.architecture.test_documents import matcher_commands

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
FINAL_STAGE = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[-1]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def instruction(name: str, text: str = FINAL_STAGE) -> list[str]:
    """What stands behind every ``name`` in a Dockerfile, continued lines joined."""
    return re.findall(rf"^{name} (.*)$", text.replace("\\\n", " "), re.MULTILINE)


def test_the_image_runs_as_an_account_without_rights() -> None:
    users = instruction("USER")
    assert users
    assert users[-1] not in {"root", "0"}


def test_the_last_stage_installs_nothing() -> None:
    assert not re.search(r"apt-get|pip install|gcc|build-essential", FINAL_STAGE)


def test_the_image_asks_itself_whether_it_is_alive() -> None:
    [check] = instruction("HEALTHCHECK")
    program, option, code = json.loads(check.partition("CMD ")[2])
    assert (program, option) == ("python", "-c")
    assert "/health/live" in code
    compile(code, "HEALTHCHECK", "exec")


def test_the_image_starts_the_web_server_unless_told_otherwise() -> None:
    assert instruction("ENTRYPOINT") == ['["matcher"]']
    assert instruction("CMD") == ['["serve"]']
    assert "serve" in matcher_commands()


def test_the_build_sees_all_that_the_wheel_needs_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    seen = {line[1:] for line in lines if line.startswith("!")}
    assert seen == {*PACKAGES, "setup.cfg", "pyproject.toml", "README.md", "LICENSE"}


def test_the_wheel_is_made_of_every_package() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    assert setup["options.packages.find"]["include"].split() == [f"{package}*" for package in PACKAGES]


def test_services_wait_for_services_that_exist(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        for other, terms in service.get("depends_on", {}).items():
            assert other in services, name
            if terms["condition"] == "service_healthy":
                assert "test" in services[other]["healthcheck"], other


def test_services_run_commands_that_exist(compose: dict[str, Any]) -> None:
    commands = matcher_commands()
    for name, service in compose["services"].items():
        if service.get("image") != "exchange-matcher":
            continue
        line = " ".join(service["command"])
        called = re.findall(r"\bmatcher ([a-z]+)", line) if "entrypoint" in service else service["command"][:1]
        assert called, name
        assert set(called) <= commands, name


def test_ports_are_open_to_this_machine_only(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_named_volumes_are_declared(compose: dict[str, Any]) -> None:
    used = {
        volume.partition(":")[0] for service in compose["services"].values() for volume in service.get("volumes", [])
    }
    assert used == set(compose["volumes"])
