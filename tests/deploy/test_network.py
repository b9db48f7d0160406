"""Outside there is one door, and what the nodes say to each other stays among them."""

import os
import re
import subprocess
import tomllib
from typing import Final

import pytest
import yaml

from config.postgres import SETTINGS
from tests.deploy.files import DEPLOY, addresses_in, assignments_in, needs, text_of, tool

RULES: Final = text_of("network/nftables.conf")
PATRONI: Final = yaml.safe_load(text_of("postgresql/patroni.yml"))
KEPT_OUT_OF_THE_LOG: Final = {name for name in SETTINGS if name.startswith("log_")} - {
    "log_min_messages", "log_line_prefix",
}  # fmt: skip
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a network of its own needs root")


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the system's


@needs_root
@needs("nft", "nftables")
@pytest.mark.control("8.20")
def test_the_kernel_takes_the_rules() -> None:
    found = run("unshare", "-n", tool("nft"), "-c", "-f", str(DEPLOY / "network/nftables.conf"))

    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.control("8.20")
def test_outside_only_the_proxy_the_tunnel_and_the_keepers_are_let_in() -> None:
    chain = RULES.split("chain input {")[1].split("chain forward")[0]
    accepted = [line.strip() for line in chain.splitlines() if line.strip().endswith("accept")]
    outside = [line for line in accepted if "dport" in line and "iifname wg0" not in line]

    assert "policy drop;" in chain
    assert outside == [
        "tcp dport 443 accept",
        "udp dport 51820 ip saddr $peers accept",
        "tcp dport 22 ip saddr $keepers accept",
    ]


@needs("chronyd", "chrony")
def test_chrony_takes_its_configuration() -> None:
    found = run(tool("chronyd"), "-p", "-f", str(DEPLOY / "network/chrony.conf"))

    assert found.returncode == 0, found.stderr
    assert "port 0" in found.stdout


def test_all_files_speak_of_the_same_nodes() -> None:
    proxy = tomllib.loads(text_of("proxy.toml"))
    nodes = addresses_in(RULES.split("define nodes")[1].splitlines()[0])
    databases = addresses_in(RULES.split("define databases")[1].splitlines()[0])
    variables = assignments_in(DEPLOY / "environment")
    owner = assignments_in(DEPLOY / "owner")["DATABASE_OWNER_URL"]

    assert {frozenset(addresses_in(str(proxy[name]))) for name in ("web", "live", "downloads")} == {
        frozenset(nodes)
    }
    assert addresses_in(text_of("nginx/carestation.conf")) == nodes
    assert set(variables["PROXIES"].split()) == nodes
    assert variables["NODE_ADDRESS"] in nodes
    assert addresses_in(text_of("network/wg0.conf")) == nodes
    assert addresses_in(variables["DATABASE_URL"]) == addresses_in(owner) == databases


def test_the_ports_of_the_units_are_those_that_the_rules_know() -> None:
    ports = set(re.findall(r":(\d{4})", text_of("proxy.toml") + text_of("nginx/carestation.conf")))
    units = "".join(
        text_of(f"systemd/carestation-{name}.service") for name in ("web@", "live", "downloads")
    )

    assert ports <= {*(str(port) for port in range(8101, 8110)), "8201", "8301"}
    assert set(re.findall(r":(\d{3,4})", units)) == {"810", "8201", "8301"}
    assert RULES.count("8101-8109, 8201, 8301") == 2


def test_what_was_acknowledged_is_on_both_databases() -> None:
    shared = PATRONI["bootstrap"]["dcs"]

    assert shared["synchronous_mode"] is True
    assert shared["postgresql"]["parameters"]["synchronous_commit"] == "on"
    assert "data-checksums" in PATRONI["bootstrap"]["initdb"]


def test_a_standby_that_hangs_is_let_go_and_one_that_comes_is_there_soon() -> None:
    shared, own = PATRONI["bootstrap"]["dcs"], PATRONI["postgresql"]

    # Who waits for it is let go on when its line has ended and Patroni has looked once more.
    assert shared["postgresql"]["parameters"]["wal_sender_timeout"] == "10s"
    assert shared["loop_wait"] <= 5
    assert not shared.get("synchronous_mode_strict", False)
    # Without etcd who writes goes on while it reaches the others.
    assert shared["failsafe_mode"] is True
    assert own["basebackup"]["checkpoint"] == "fast"


def test_a_database_of_several_machines_logs_as_little_as_our_own() -> None:
    said = PATRONI["bootstrap"]["dcs"]["postgresql"]["parameters"]

    for name in KEPT_OUT_OF_THE_LOG:
        assert str(said[name]) == SETTINGS[name], name


def test_nobody_comes_to_the_database_unencrypted_or_from_elsewhere() -> None:
    entries = [entry.split() for entry in PATRONI["postgresql"]["pg_hba"]]
    remote = [entry for entry in entries if entry[0] != "local"]

    assert {entry[0] for entry in remote} == {"hostssl"}
    assert {entry[-1] for entry in remote} == {"scram-sha-256"}
    assert addresses_in(str(remote)) <= addresses_in(RULES)
