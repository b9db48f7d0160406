"""Prometheus calls as its rules say: promtool lets time pass over what two machines tell."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from carestation.support.choices import Measured
from carestation.support.rules import LIMITS, Limit
from tests.deploy.files import DEPLOY, needs, tool

FILE: Final = DEPLOY / "prometheus" / "alerts.yml"
RULES: Final = {
    rule["alert"]: rule
    for group in yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
}
NODES: Final = ("node-a", "node-b")
MINUTES: Final = 20
# As long as it tells: `a+bxn` is a value that grows, `_` one that does not come.
ALWAYS: Final = f"x{MINUTES}"
NEVER: Final = f"_x{MINUTES}"
ROUNDS: Final = f"0+60{ALWAYS}"
RIGHT: Final = {
    measured: (limit.caution or limit.alarm or 0) if limit.is_floor else 0
    for measured, limit in ((one, LIMITS.get(one, Limit())) for one in Measured)
}
Told = dict[tuple[str, str], str]
pytestmark = [needs("promtool", "prometheus"), pytest.mark.control("CLD.12.4.5")]


def told(**other: str) -> Told:
    """Return what both machines tell, all of it right; of the second some is otherwise."""
    names = ["measured_at_seconds", *Measured.values]
    as_usual = {name: f"{RIGHT[Measured(name)]}+0{ALWAYS}" for name in Measured.values}
    first = as_usual | {"measured_at_seconds": ROUNDS}
    machines = zip(NODES, (first, first | other), strict=True)
    return {(node, name): known[name] for node, known in machines for name in names}


def called(series: Told, at_minute: int, expected: Iterable[str], folder: Path) -> str:
    """Return what promtool minds if just these are called, all of the second machine."""
    where = {"instance": NODES[1], "job": "carestation"}
    wanted = set(expected)
    tests: list[dict[str, Any]] = [
        {
            "eval_time": f"{at_minute}m",
            "alertname": name,
            "exp_alerts": [
                {"exp_labels": rule["labels"] | where, "exp_annotations": rule["annotations"]}
            ]
            if name in wanted
            else [],
        }
        for name, rule in RULES.items()
    ]
    inputs = [
        {"series": f'carestation_{name}{{job="carestation",instance="{node}"}}', "values": values}
        for (node, name), values in series.items()
    ]
    file = folder / "told.yml"
    trial = {"interval": "1m", "input_series": inputs, "alert_rule_test": tests}
    said = {"rule_files": [str(FILE)], "evaluation_interval": "1m", "tests": [trial]}
    file.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    found = subprocess.run(  # noqa: S603 - the system's
        [tool("promtool"), "test", "rules", str(file)], capture_output=True, text=True, check=False
    )
    return "" if found.returncode == 0 else found.stdout + found.stderr


def test_where_all_is_right_nobody_is_called(tmp_path: Path) -> None:
    assert called(told(), 15, [], tmp_path) == ""


def test_a_machine_that_fell_silent_is_told_of_while_another_speaks(tmp_path: Path) -> None:
    five_minutes = {name: f"{RIGHT[Measured(name)]}+0x5 stale" for name in Measured.values}
    gone = told(measured_at_seconds="0+60x5 stale", **five_minutes)

    assert called(gone, 15, ["CarestationWatchSilent"], tmp_path) == ""


@pytest.mark.parametrize("measured", Measured)
def test_what_one_machine_does_not_measure_is_told_of_while_another_does(
    measured: Measured, tmp_path: Path
) -> None:
    name = "Carestation" + measured.value.title().replace("_", "") + "Missing"

    assert called(told(**{measured: NEVER}), 15, [name], tmp_path) == ""


@pytest.mark.parametrize("measured", LIMITS)
def test_what_is_beyond_its_limit_is_told_of_after_its_minutes(
    measured: Measured, tmp_path: Path
) -> None:
    limit, name = LIMITS[measured], "Carestation" + measured.value.title().replace("_", "")
    bounds = {"Caution": limit.caution, "Alarm": limit.alarm}
    known = [bound for bound in bounds.values() if bound is not None]
    beyond = min(known) / 2 if limit.is_floor else max(known) + 1
    series = told(**{measured: f"{beyond}+0{ALWAYS}"})
    names = [f"{name}{state}" for state, bound in bounds.items() if bound is not None]

    assert called(series, limit.minutes - 1, names, tmp_path) == ""


@pytest.mark.control("8.6")
@pytest.mark.parametrize(
    ("at_minute", "names"),
    [
        (4, []),
        (6, ["CarestationDiskUsedShareCaution"]),
        (17, ["CarestationDiskUsedShareCaution", "CarestationDiskUsedShareAlarm"]),
    ],
)
def test_a_disk_that_fills_is_told_of_before_nine_tenths_of_it_are_used(
    at_minute: int, names: list[str], tmp_path: Path
) -> None:
    filling = told(**{Measured.DISK: f"0.7+0.01{ALWAYS}"})

    assert called(filling, at_minute, names, tmp_path) == ""
