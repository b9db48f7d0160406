"""The limits as rules for Prometheus: `python -m config.watching.alerts > deploy/prometheus/…`.

One table says from where on something is out of order (`carestation.support.rules.LIMITS`).

Controls: ISO/IEC 27017 CLD.12.4.5, 8.6; white paper 「クラウドサービスの監視」,
    「容量・能力の管理」.
"""

import json
import sys
from collections.abc import Iterator
from typing import Final

from django_stubs_ext import StrOrPromise

from carestation.support.choices import HURTS, MISSING, REMEDIES, SILENT, Measured, State
from carestation.support.rules import FRESH, LIMITS, Limit
from config.setting_up import set_up

HEAD: Final = """\
# Made from carestation.support.rules.LIMITS: python -m config.watching.alerts
groups:
  - name: carestation
    rules:
"""


# Said by each machine by itself: what one of several does not say is missed, too.
MEASURED_AT: Final = "carestation_measured_at_seconds"
MACHINE: Final = "(job, instance)"


def alerts() -> str:
    """Return the file of rules."""
    return HEAD + "".join(_rules())


def _rules() -> Iterator[str]:
    # One that fell silent has no newest value any more: what it said in the last day is remembered.
    last = f"max_over_time({MEASURED_AT}[1d])"
    silent = f"time() - {last} > {FRESH.total_seconds():.0f} or absent({MEASURED_AT})"
    yield _rule("CarestationWatchSilent", silent, words=SILENT)
    for measured in Measured:
        yield from _of(measured, LIMITS.get(measured, Limit()))


def _of(measured: Measured, limit: Limit) -> Iterator[str]:
    name = "Carestation" + measured.value.title().replace("_", "")
    metric, waits = f"carestation_{measured.value}", limit.minutes - 1
    words = f"{measured.label}：{HURTS[measured]}", REMEDIES[measured]
    for state, bound in ((State.CAUTION, limit.caution), (State.ALARM, limit.alarm)):
        if bound is not None:
            expression = f"{metric} {'<' if limit.is_floor else '>'} {bound}"
            yield _rule(name + state.name.title(), expression, state, minutes=waits, words=words)
    missing = f"{measured.label}：{MISSING}", REMEDIES[measured]
    expression = f"{MEASURED_AT} unless on {MACHINE} {metric}"
    yield _rule(f"{name}Missing", expression, State.CAUTION, minutes=5, words=missing)


def _rule(
    name: str,
    expression: str,
    state: State = State.ALARM,
    *,
    minutes: int = 0,
    words: tuple[StrOrPromise, StrOrPromise],
) -> str:
    # JSON's strings are YAML's, too.
    texts = [json.dumps(str(text), ensure_ascii=False) for text in (expression, *words)]
    return (
        f"      - alert: {name}\n        expr: {texts[0]}\n        for: {minutes}m\n"
        f"        labels: {{severity: {state.value}}}\n"
        f"        annotations:\n          summary: {texts[1]}\n          description: {texts[2]}\n"
    )


if __name__ == "__main__":
    set_up()
    sys.stdout.write(alerts())
