"""Everything that runs: servers, a cluster's API, the exporter, the scrapers and their stores."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from pathlib import Path

import shipped
from certificates import Authority
from cluster import ApiServer, Names, Object, endpoints, ingress, service
from expected import Target
from peers import Peers, flapping, late, mute, silent
from processes import Processes, free_port
from stores import Store

NAMESPACE = "monitoring"
PING_INTERVAL = "100ms"
"""The least that there is, as scrapes are faster too: several PINGs from one to the next."""
CUT_AFTER = 40
"""Seconds for which the server of node1 lets a connection be: long enough to be connected again at once."""


class Scene:
    def __init__(self, folder: Path, processes: Processes, jar: Path) -> None:
        self._folder = folder
        self._processes = processes
        self._port = free_port()
        self.exporter = f"127.0.0.1:{self._port}"
        self.tokens = {name: secrets.token_hex(16) for name in ("node1", "node2", "gateway")}
        self.peers = Peers()
        authority = Authority(folder)
        named = {
            f"{name}.example.com": self.peers.well_behaved(
                token, authority.server(f"{name}.example.com", days=90), CUT_AFTER if name == "node1" else None
            )
            for name, token in self.tokens.items()
        }
        expiring = authority.server("expiring.example.com", days=5)
        self.dying_port = self.peers.well_behaved()
        self._ingresses = {
            "tokenless": f"https://node1.example.com:{named['node1.example.com']}/",
            "expiring": _feed("expiring", self.peers.well_behaved(tls=expiring), scheme="https"),
            "dying": _feed("dying", self.dying_port),
            "far": _feed("far", self.peers.odd(late(0.3))),
            "slow": _feed("slow", self.peers.odd(late(0.7))),
            "silent": _feed("silent", self.peers.odd(silent)),
            "mute": _feed("mute", self.peers.odd(mute)),
            "flapping": _feed("flapping", self.peers.odd(flapping(8))),
        }
        self._service_port = self.peers.well_behaved()
        self.instances = {
            **{name: name for name in self.tokens},
            "itself": f"ws://websocket-exporter.{NAMESPACE}.svc:{self._port}/-/websocket",
            "quotes": f"ws://quotes.shop.svc:{self._service_port}/quotes",
            **self._ingresses,
        }

        self.configuration = shipped.targets_at(named, shipped.CONFIGURATION.read_text())
        name, text = shipped.with_tokens(self.tokens)
        self._secret = {name: shipped.targets_at(named, text)}
        self.configure(self.configuration)
        names = Names()
        local = self._write(
            "local.conf",
            f'include required(file("{folder}/mounted/{shipped.CONFIGURATION.name}"))\n'
            f'websocket-exporter.dns.servers = ["{names.address}"]\n'
            f'websocket-exporter.modules.websocket_ping.tls.ca-file = "{authority.file}"\n'
            f'websocket-exporter.modules.websocket_ping_burst.tls.ca-file = "{authority.file}"\n'
            f'websocket-exporter.modules.websocket_continuous.tls.ca-file = "{authority.file}"\n'
            f"websocket-exporter.modules.websocket_continuous.ping.interval = {PING_INTERVAL}\n"
            f"websocket-exporter.targets.gateway.module = websocket_ping_burst\n",
        )
        processes.start(
            "websocket-exporter",
            ["java", "-XX:+UseSerialGC", "-Xmx96m", "-XX:TieredStopAtLevel=1", "-jar", str(jar), "--debug"]
            + shipped.arguments(self.exporter, local),
            f"http://{self.exporter}/-/ready",
        )
        api = ApiServer(self._objects())
        self._start_victoria_metrics(api.url)
        self._start_prometheus(api.url)

    @property
    def stores(self) -> tuple[Store, Store]:
        return self.victoria_metrics, self.prometheus

    def labels(self, store: Store, target: Target) -> dict[str, str]:
        """Which the operators give to all series of that target."""
        labels = {"job": target.job, "instance": self.instances[target.name]}
        if target.found_as == "static":
            return labels | ({"namespace": NAMESPACE} if store is self.prometheus else {})
        return labels | {"namespace": "shop", target.found_as: target.name}

    def configure(self, configuration: str) -> None:
        """Replaces the files of the mounted volume at once, by the links that Kubernetes makes."""
        volume = self._folder / "mounted"
        data = volume / f"..{secrets.token_hex(4)}"
        data.mkdir(parents=True)
        for file, text in {shipped.CONFIGURATION.name: configuration, **self._secret}.items():
            (data / file).write_text(text)
            if not (volume / file).is_symlink():
                (volume / file).symlink_to(Path("..data") / file)
        (volume / "..data_tmp").symlink_to(data.name)
        os.replace(volume / "..data_tmp", volume / "..data")

    def _objects(self) -> list[tuple[str, Object]]:
        annotation = "operator.victoriametrics.com/probe"
        own = {"app.kubernetes.io/name": "websocket-exporter"}
        return [
            service(NAMESPACE, "websocket-exporter", {"http": self._port}, own, {}),
            *endpoints(NAMESPACE, "websocket-exporter", self._port, own),
            service(
                "shop", "quotes", {"metrics": 1, "http": self._service_port}, {"websocket-probe": "http"},
                {f"{annotation}-path": "/quotes", f"{annotation}-scheme": "ws"},
            ),
            service("shop", "not-to-be-probed", {"http": 1}, {}, {}),
            *(ingress("shop", name, url, {"websocket-probe": ""}) for name, url in self._ingresses.items()),
            ingress("shop", "any-host", "http://*.example.com/", {"websocket-probe": ""}),
            ingress("shop", "not-to-be-probed", "http://other.example.com/", {}),
        ]  # fmt: skip

    def _start_victoria_metrics(self, api_server: str) -> None:
        store, agent, alert = (f"127.0.0.1:{free_port()}" for _ in range(3))
        self.victoria_metrics = Store("VictoriaMetrics", f"http://{store}", f"http://{alert}")
        self.vmagent = f"http://{agent}"
        self._processes.start(
            "victoria-metrics",
            [
                "victoria-metrics", f"-httpListenAddr={store}", f"-storageDataPath={self._folder}/victoria-metrics",
                "-memory.allowedBytes=128MB", f"-search.latencyOffset={shipped.faster('30s')}", "-search.disableCache",
            ],
            f"http://{store}/health",
        )  # fmt: skip
        configuration = self._write("vmagent.yml", self._scraping(shipped.VMAGENT, api_server))
        self._processes.start(
            "vmagent",
            [
                "vmagent", "-memory.allowedBytes=64MB",
                f"-httpListenAddr={agent}", f"-promscrape.config={configuration}",
                f"-remoteWrite.url=http://{store}/api/v1/write", f"-remoteWrite.tmpDataPath={self._folder}/vmagent",
                f"-promscrape.kubernetesSDCheckInterval={shipped.faster('30s')}",
            ],
            f"http://{agent}/health",
        )  # fmt: skip
        rules = self._write("rules.yml", shipped.evaluated_faster(shipped.RULES.read_text()))
        self._processes.start(
            "vmalert",
            [
                "vmalert", f"-httpListenAddr={alert}", f"-rule={rules}", f"-datasource.url=http://{store}",
                f"-remoteWrite.url=http://{store}", f"-remoteRead.url=http://{store}", f"-notifier.url=http://{store}",
                f"-datasource.queryStep={shipped.faster('5m')}", "-remoteWrite.flushInterval=500ms",
                f"-evaluationInterval={shipped.faster('30s')}",
            ],
            f"http://{alert}/health",
        )  # fmt: skip

    def _start_prometheus(self, api_server: str) -> None:
        address = f"127.0.0.1:{free_port()}"
        self.prometheus = Store("Prometheus", f"http://{address}", f"http://{address}")
        scraping = self._scraping(shipped.PROMETHEUS, api_server)
        if not _discovers_in_kubernetes():
            scraping = shipped.discovered_over_http(api_server, scraping)
        configuration = self._write("prometheus.yml", f"{scraping}\nrule_files: [{self._folder}/rules.yml]\n")
        self._processes.start(
            "prometheus",
            [
                "prometheus", f"--web.listen-address={address}", f"--config.file={configuration}",
                f"--storage.tsdb.path={self._folder}/prometheus", f"--query.lookback-delta={shipped.faster('5m')}",
            ],
            f"http://{address}/-/ready",
        )  # fmt: skip

    def _scraping(self, generated: Path, api_server: str) -> str:
        text = shipped.exporter_at(self.exporter, generated.read_text())
        return shipped.scraped_faster(shipped.api_server_at(api_server, text))

    def _write(self, name: str, text: str) -> Path:
        file = self._folder / name
        file.write_text(text)
        return file


def _feed(name: str, port: int, scheme: str = "http") -> str:
    return f"{scheme}://{name}.example.com:{port}/feed"


def _discovers_in_kubernetes() -> bool:
    return subprocess.run(["promtool", "check", "config", shipped.PROMETHEUS], capture_output=True).returncode == 0


def missing(jar: Path) -> str:
    """What is not there that is needed, in words; empty if it all is."""
    packages = {
        "java": "openjdk-17-jre-headless",
        "openssl": "openssl",
        "prometheus": "prometheus",
        "promtool": "prometheus",
        "setpriv": "util-linux",
        "victoria-metrics": "victoria-metrics",
        "vmagent": "victoria-metrics",
        "vmalert": "victoria-metrics",
    }
    lacking = [f"{program} (Debian: {package})" for program, package in packages.items() if not shutil.which(program)]
    if not jar.is_file():
        lacking.append(f"{jar} (mvn -q -DskipTests package)")
    return ", ".join(lacking)
