"""Proves what is shipped against real scrapers: each line is what a store, or an alerter, was asked and said."""

from __future__ import annotations

import argparse
import re
import signal
import sys
import tempfile
import time
from pathlib import Path

from queries import queries

import checks
import expected
import shipped
from checks import Report
from expected import Target
from processes import Processes
from scene import Scene, missing
from stores import Store, text_of

JAR = shipped.DEPLOY.parent / "exporter-netty" / "target" / "websocket-exporter.jar"
INTERRUPTIONS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jar", type=Path, default=JAR, help="of the exporter; default: where mvn package builds it")
    jar: Path = parser.parse_args().jar.absolute()
    if lacking := missing(jar):
        print(f"Missing: {lacking}.", file=sys.stderr)
        return 2
    for number in INTERRUPTIONS:
        signal.signal(number, interrupted)
    started = time.monotonic()
    report = Report()
    rules_as_shipped(report)
    with tempfile.TemporaryDirectory(prefix="websocket-exporter-e2e-") as folder, Processes(Path(folder)) as processes:
        story(Scene(Path(folder), processes, jar), processes, report)
    print(f"\n{report.passed} ok, {report.failed} failed, in {time.monotonic() - started:.0f} s")
    return 1 if report.failed else 0


def interrupted(number: int, _: object) -> None:
    """Ends the script, and lets nothing interrupt its clearing up."""
    for another in INTERRUPTIONS:
        signal.signal(another, signal.SIG_IGN)
    sys.exit(128 + number)


def rules_as_shipped(report: Report) -> None:
    report.section("The rules as they are shipped", patience=0)
    for command in f"promtool check rules {shipped.RULES}", f"vmalert -dryRun -rule={shipped.RULES}":
        checks.succeeds(report, command)
    known = {*expected.ALERTS, expected.RELOAD_FAILED, *expected.STOPPED, *expected.QUIET, *expected.OF_THE_MACHINE}
    checks.same(report, "each alert has its place below", set(named_in_rules("alert")), known)


def story(scene: Scene, processes: Processes, report: Report) -> None:
    living = [*expected.TARGETS, expected.DYING]
    held = [expected.HELD_WELL, expected.HELD_CUT]
    report.section("Of each target the series, their values and labels", patience=30)
    for store in scene.stores:
        for job, targets in ("websocket", [*living, expected.FLAPPING]), ("websocket-continuous", held):
            checks.discovered(report, store, job, [scene.instances[target.name] for target in of(store, targets)])
        for target in of(store, [*living, expected.HELD_WELL]):
            checks.target(report, store, target, scene.labels(store, target))
        round_trip = 'probe_websocket_ping_pong_duration_seconds{ingress="%s"}'
        checks.between(report, store, "far: round trip in seconds", round_trip % "far", 0.3, 0.5)
        checks.between(report, store, "slow: round trip in seconds", round_trip % "slow", 0.7, 1.0)
        days = "(probe_ssl_earliest_cert_expiry{%s} - time()) / 86400"
        checks.between(report, store, "expiring: days of its certificate", days % 'ingress="expiring"', 4, 5)
        checks.between(report, store, "node1: days of its certificate", days % 'instance="node1"', 29, 90)
        itself = '{job="websocket-continuous",instance="%s"}' % scene.instances["itself"]
        rate = f"rate(probe_websocket_pings_total{itself}[10s])"
        checks.between(report, store, "itself, held: PINGs a second", rate, 8, 12)
        others = f"probe_websocket_pongs_total{itself} - probe_websocket_ping_rtt_seconds_count{itself}"
        checks.between(report, store, "itself, held: PONGs that are not in the histogram", others, 0, 0)
        checks.exporter(report, store)
        checks.between(report, store, "the exporter is up", 'up{job="websocket-exporter"}', 1, 1)

    scene.peers.stop(scene.dying_port)
    scene.configure(scene.configuration + "\nwebsocket-exporter {\n")
    report.section("A server died, and the configuration was broken", patience=30)
    for store in scene.stores:
        checks.target(report, store, expected.DEAD, scene.labels(store, expected.DEAD))

    targets = [*expected.TARGETS, expected.DEAD, expected.FLAPPING]
    report.section("Recordings, and the alerts: each for these targets and for no others", patience=90)
    for store in scene.stores:
        for recording in sorted(set(named_in_rules("record"))):
            checks.some(report, store, recording, recording)
        for alert in sorted(expected.ALERTS):
            wanted = [target.name for target in of(store, targets) if alert in target.alerts]
            checks.alert(report, store, alert, {name: scene.instances[name] for name in wanted})
        checks.fires(report, store, expected.RELOAD_FAILED)
        tokenless = scene.instances["tokenless"]
        checks.summarized(report, store, expected.DOWN, tokenless, "is down: upgrade_status in phase upgrade")

    scene.configure(scene.configuration)
    report.section("The configuration was mended", patience=30)
    for store in scene.stores:
        checks.quiet(report, store, expected.RELOAD_FAILED)
        for alert in expected.QUIET:
            checks.quiet(report, store, alert)
        for target in of(store, targets):
            if not target.alerts:
                checks.never_alerted(report, store, target.name, scene.instances[target.name])

    report.section("A connection that was held was cut, and made anew", patience=60)
    for store in scene.stores:
        checks.between(report, store, "node1, held: connects", 'probe_websocket_connects_total{instance="node1"}', 2, 5)
        ends = 'probe_websocket_disconnects_total{instance="node1",reason="closed_by_peer",code="1001"}'
        checks.between(report, store, "node1, held: ends by its server", ends, 1, 4)
        checks.between(report, store, "sessions", "websocket_exporter_sessions", len(held), len(held))

    dashboard(scene, report)
    secrecy(scene, processes, report)

    report.section("The exporter was stopped", patience=60)
    code = processes.terminate("websocket-exporter")
    report.check("Exit code after SIGTERM", lambda: (code == 0, code))
    for store in scene.stores:
        for alert in expected.STOPPED:
            checks.fires(report, store, alert)


def named_in_rules(what: str) -> list[str]:
    return re.findall(rf"^ *- {what}: (\S+)$", shipped.RULES.read_text(), re.MULTILINE)


def of(store: Store, targets: list[Target]) -> list[Target]:
    """Services are found by the VMProbe alone: a Probe of prometheus-operator knows ingresses only."""
    return [target for target in targets if target.found_as != "service" or store.name == "VictoriaMetrics"]


def dashboard(scene: Scene, report: Report) -> None:
    report.section("The queries of the dashboard: series, of a target that is well, is not, or is held", patience=20)
    values = {
        "job": ["websocket", "websocket-continuous"],
        "exporter": [scene.exporter],
        "__range": ["1m"],
        "__rate_interval": [shipped.faster("5m")],
    }
    shown = (queries(values | {"instance": [scene.instances[name]]}) for name in ("gateway", "tokenless", "node1"))
    for query, *same in zip(*shown):
        what = query.title if query.legend == "__auto" else f"{query.title}: {query.legend}"
        checks.answered(report, scene.stores, what, [query.expression, *(one.expression for one in same)])


def secrecy(scene: Scene, processes: Processes, report: Report) -> None:
    report.section("Tokens", patience=0)
    texts = {f"{store.name}: values of all labels": "\n".join(store.label_values()) for store in scene.stores}
    texts |= {
        "vmagent: its targets": text_of(f"{scene.vmagent}/api/v1/targets"),
        "Prometheus: its targets": text_of(f"{scene.prometheus.url}/api/v1/targets"),
        "Prometheus: its metadata": text_of(f"{scene.prometheus.url}/api/v1/metadata"),
        "websocket-exporter: /config": text_of(f"http://{scene.exporter}/config"),
    }
    texts |= {f"{name}: its log": processes.log(name) for name in processes.names()}
    for what, text in texts.items():
        checks.free_of(report, scene.tokens, what, text)


if __name__ == "__main__":
    sys.exit(main())
