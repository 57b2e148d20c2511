"""compose.yaml: what its containers may do, and that the data outlives them."""

from typing import TypedDict

import pytest
import yaml

from raidbot import process
from raidbot.config import Settings, variable
from tests.deploy import dockerfile
from tests.deploy.dockerfile import ROOT

DEPLOY = ROOT / "deploy"


class Volume(TypedDict):
    type: str
    source: str
    target: str


class HealthCheck(TypedDict):
    test: list[str]


class Service(TypedDict, total=False):
    """The keys of a service that the tests look at."""

    volumes: list[Volume]
    environment: dict[str, str]
    ports: list[str]
    user: str
    read_only: bool
    cap_drop: list[str]
    cap_add: list[str]
    privileged: bool
    security_opt: list[str]
    stop_grace_period: str
    restart: str
    healthcheck: HealthCheck
    profiles: list[str]
    command: list[str]
    env_file: str


@pytest.fixture(scope="module")
def services() -> dict[str, Service]:
    found: dict[str, Service] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return found


@pytest.fixture(scope="module")
def bot(services: dict[str, Service]) -> Service:
    return services["raidbot"]


def test_the_folder_of_the_database_is_mounted_not_the_file(bot: Service) -> None:
    """SQLite keeps the newest rows in a second file beside the database."""
    database = dict(dockerfile.variables(dockerfile.instructions()))["RAIDBOT_DATABASE"]
    (data,) = bot["volumes"]

    assert data["type"] == "volume"
    assert data["target"] == database.rpartition("/")[0] == dockerfile.last("VOLUME").value


def test_the_containers_can_do_nothing_but_their_work(services: dict[str, Service]) -> None:
    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not {"privileged", "cap_add", "devices"} & service.keys(), name


def test_the_bot_runs_as_the_user_of_the_image_and_publishes_nothing(bot: Service) -> None:
    assert bot["user"] == dockerfile.last("USER").value
    assert "ports" not in bot


def test_whoever_watches_is_heard_on_this_machine_only(services: dict[str, Service]) -> None:
    assert services["prometheus"]["profiles"] == ["monitoring"]
    assert all(port.startswith("127.0.0.1:") for port in services["prometheus"]["ports"])


def test_the_health_check_is_the_one_of_the_image(bot: Service) -> None:
    """It is there twice, because Podman leaves the one of the Dockerfile out of its images."""
    assert bot["healthcheck"]["test"] == ["CMD", *dockerfile.health_check()]


def test_docker_waits_longer_than_the_bot_needs_to_stop(bot: Service) -> None:
    assert float(bot["stop_grace_period"].removesuffix("s")) >= process.STOP_TIMEOUT_SECONDS + 5


def test_the_bot_is_back_after_a_reboot(bot: Service) -> None:
    assert bot["restart"] == "unless-stopped"


def test_its_settings_exist(bot: Service) -> None:
    known = {variable(name) for name in Settings.model_fields}

    assert bot["environment"].keys() <= known
    assert (DEPLOY / f"{bot['env_file']}.example").exists()


def test_prometheus_finds_the_bot(services: dict[str, Service]) -> None:
    configuration = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = configuration["scrape_configs"]
    port = dict(dockerfile.variables(dockerfile.instructions()))["RAIDBOT_WEB_PORT"]

    assert job["job_name"] == "raidbot"
    assert job["static_configs"] == [{"targets": [f"raidbot:{port}"]}]
    mounted = services["prometheus"]["volumes"][0]
    assert (DEPLOY / mounted["source"] / "prometheus.yml").exists()
    assert f"--config.file={mounted['target']}/prometheus.yml" in services["prometheus"]["command"]
