"""What is asked of the stores, and the list of what they answered."""

from __future__ import annotations

import subprocess
import time
from math import isnan
from typing import Callable

import expected
from expected import PREFIX, Target
from shipped import DEPLOY
from stores import Sample, Store

Seen = tuple[bool, object]
"""Whether it is as it should be, and what was seen."""


class Report:
    """One line for each check. What is not yet so is asked again, until the patience of its section has gone."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0
        self._until = 0.0

    def section(self, title: str, patience: float) -> None:
        print(f"\n{title}", flush=True)
        self._until = time.monotonic() + patience

    def check(self, what: str, look: Callable[[], Seen]) -> None:
        while True:
            try:
                good, seen = look()
            except (OSError, KeyError, ValueError) as failure:
                good, seen = False, repr(failure)
            if good or time.monotonic() > self._until:
                break
            time.sleep(0.5)
        if good:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{'ok  ' if good else 'FAIL'}  {what}: {seen}", flush=True)


def target(report: Report, store: Store, wanted: Target, labels: dict[str, str]) -> None:
    """All that the store has of the target, and nothing else."""

    def samples() -> list[Sample]:
        return store.query(f'{{__name__=~"probe_.*",job="{wanted.job}",instance="{labels["instance"]}"}}')

    def series() -> Seen:
        found = {sample.name for sample in samples()}
        lacking, unexpected = wanted.series - found, found - wanted.series
        if lacking or unexpected:
            return False, f"lacking {sorted(lacking)}, not expected {sorted(unexpected)}"
        return True, f"all {len(found)}"

    def values() -> Seen:
        found = {sample.name: sample.value for sample in samples() if sample.name in wanted.values}
        seen = " ".join(f"{name.replace(PREFIX, '')}={value:g}" for name, value in sorted(found.items()))
        return found == wanted.values, seen

    def phases() -> Seen:
        found = {s.labels["phase"]: s.value for s in samples() if s.name == PREFIX + "duration_seconds"}
        seen = " ".join(f"{phase}={seconds * 1000:.1f}ms" for phase, seconds in found.items())
        return found.keys() == set(wanted.phases), seen

    def failure() -> Seen:
        found = [(s.labels["phase"], s.labels["reason"]) for s in samples() if s.name == "probe_failure_info"]
        return found == ([wanted.failure] if wanted.failure else []), " ".join(found[0]) if found else "none"

    def labelled() -> Seen:
        found = {
            tuple(sorted((name, value) for name, value in s.labels.items() if name not in expected.LABELS))
            for s in samples()
        }
        seen = "; ".join(" ".join(f"{name}={value}" for name, value in one) for one in found)
        return found == {tuple(sorted(labels.items()))}, seen

    for what, look in (
        ("series", series),
        ("values", values),
        ("phases", phases),
        ("failure", failure),
        ("labels", labelled),
    ):
        report.check(f"{store.name}: {wanted.title}: {what}", look)


def discovered(report: Report, store: Store, job: str, instances: list[str]) -> None:
    """These targets and no others."""

    def look() -> Seen:
        found = [sample.labels["instance"] for sample in store.query(f'up{{job="{job}"}}')]
        others = sorted(set(found) ^ set(instances))
        return sorted(found) == sorted(instances), f"{len(found)}; too many or too few: {', '.join(others) or 'none'}"

    report.check(f"{store.name}: targets of {job}", look)


def alert(report: Report, store: Store, name: str, wanted: dict[str, str]) -> None:
    """Fires for these targets, by name and instance, and for no others."""
    names = {instance: name for name, instance in wanted.items()}

    def of(labels: list[dict[str, str]]) -> Seen:
        found = sorted(one["instance"] for one in labels)
        seen = ", ".join(names.get(instance, instance) for instance in found)
        return found == sorted(names), seen or "does not fire"

    report.check(f"{store.name}: {name}", lambda: of([one["labels"] for one in store.firing(name)]))
    query = f'ALERTS{{alertname="{name}",alertstate="firing"}}'
    report.check(f"{store.name}: {name} as series", lambda: of([sample.labels for sample in store.query(query)]))


def fires(report: Report, store: Store, alert: str) -> None:
    def look() -> Seen:
        found = store.firing(alert)
        return bool(found), found[0]["annotations"]["summary"] if found else "does not fire"

    report.check(f"{store.name}: {alert}", look)


def quiet(report: Report, store: Store, alert: str) -> None:
    def look() -> Seen:
        found = store.firing(alert)
        return not found, "fires" if found else "does not fire"

    report.check(f"{store.name}: {alert}", look)


def summarized(report: Report, store: Store, alert: str, instance: str, text: str) -> None:
    def look() -> Seen:
        found = [one["annotations"]["summary"] for one in store.firing(alert) if one["labels"]["instance"] == instance]
        return any(text in summary for summary in found), ", ".join(found) or "does not fire"

    report.check(f"{store.name}: {alert}: summary", look)


def never_alerted(report: Report, store: Store, name: str, instance: str) -> None:
    def look() -> Seen:
        found = store.query(f'count_over_time(ALERTS{{alertstate="firing",instance="{instance}"}}[1h])')
        return not found, ", ".join(sample.labels["alertname"] for sample in found) or "none"

    report.check(f"{store.name}: {name}: alerts so far", look)


def exporter(report: Report, store: Store) -> None:
    def look() -> Seen:
        found = {s.name for s in store.query('{__name__=~"websocket_exporter_.*",job="websocket-exporter"}')}
        lacking = expected.EXPORTER_SERIES - found
        return not lacking, f"lacking {sorted(lacking)}" if lacking else f"all {len(found)}"

    report.check(f"{store.name}: series of the exporter itself", look)


def some(report: Report, store: Store, what: str, expression: str) -> None:
    def look() -> Seen:
        found = store.query(expression)
        return bool(found), f"{len(found)} series"

    report.check(f"{store.name}: {what}", look)


def answered(report: Report, stores: tuple[Store, ...], what: str, expressions: list[str]) -> None:
    """By each store, at least one of them, and by numbers."""

    def look() -> Seen:
        found = {
            store.name: max(sum(not isnan(sample.value) for sample in store.query(one)) for one in expressions)
            for store in stores
        }
        counts = ", ".join(f"{name} {count}" for name, count in found.items())
        return all(found.values()), counts if all(found.values()) else f"{counts}: {expressions[0]}"

    report.check(what, look)


def between(report: Report, store: Store, what: str, expression: str, least: float, most: float) -> None:
    def look() -> Seen:
        values = [sample.value for sample in store.query(expression)]
        good = bool(values) and all(least <= value <= most for value in values)
        return good, f"{', '.join(f'{value:.3f}' for value in values) or 'nothing'} ({least} to {most})"

    report.check(f"{store.name}: {what}", look)


def same(report: Report, what: str, found: set[str], wanted: set[str]) -> None:
    others = sorted(found ^ wanted)
    report.check(what, lambda: (not others, ", ".join(others) or f"all {len(found)}"))


def succeeds(report: Report, command: str) -> None:
    done = subprocess.run(command.split(" "), capture_output=True, text=True)
    report.check(
        command.replace(f"{DEPLOY}/", ""), lambda: (not done.returncode, done.stderr if done.returncode else "yes")
    )


def free_of(report: Report, secrets: dict[str, str], what: str, text: str) -> None:
    found = [name for name, secret in secrets.items() if secret in text]
    report.check(what, lambda: (bool(text) and not found, ", ".join(found) or f"none in {len(text)} characters"))
