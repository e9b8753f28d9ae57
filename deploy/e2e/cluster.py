"""What a cluster has and a laptop has not: an API server, with the few kinds that discovery asks for, and a DNS."""

from __future__ import annotations

import json
import re
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Object = dict[str, Any]

KINDS = {
    "services": "Service",
    "endpoints": "Endpoints",
    "endpointslices": "EndpointSlice",
    "ingresses": "Ingress",
    "pods": "Pod",
    "nodes": "Node",
}


class ApiServer:
    """Lists and watches: what it holds is there from the beginning, and a watch has nothing to tell."""

    def __init__(self, objects: list[tuple[str, Object]]) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:  # noqa: N802
                url = urlsplit(self.path)
                match = re.fullmatch(r"/(?:api/(v1)|apis/([^/]+/[^/]+))(?:/namespaces/([^/]+))?/([a-z]+)", url.path)
                if url.path.startswith("/http_sd/"):
                    self._answer(_discovered(url.path.rpartition("/")[2], objects))
                elif url.path == "/version":
                    self._answer({"major": "1", "minor": "32", "gitVersion": "v1.32.0"})
                elif not match or match[4] not in KINDS:
                    self.send_error(404)
                elif "watch" in parse_qs(url.query):
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    threading.Event().wait()
                else:
                    version, namespace, plural = match[1] or match[2], match[3], match[4]
                    self._answer(
                        {
                            "kind": f"{KINDS[plural]}List",
                            "apiVersion": version,
                            "metadata": {"resourceVersion": "1"},
                            "items": [
                                item
                                for kind, item in objects
                                if kind == plural and namespace in (None, item["metadata"]["namespace"])
                            ],
                        }
                    )

            def _answer(self, body: Object | list[Object]) -> None:
                content = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


def _discovered(role: str, objects: list[tuple[str, Object]]) -> list[Object]:
    """What the Kubernetes discovery of Prometheus makes of the objects, for one that is built without it."""
    if role == "ingress":
        return [_discovered_ingress(item) for kind, item in objects if kind == "ingresses"]
    kind = {"endpoints": "endpoints", "endpointslice": "endpointslices"}[role]
    return [_discovered_pod(role, item, objects) for plural, item in objects if plural == kind]


def _discovered_ingress(item: Object) -> Object:
    rule = item["spec"]["rules"][0]
    return {
        "targets": [rule["host"]],
        "labels": {
            "__meta_kubernetes_namespace": item["metadata"]["namespace"],
            **_meta("ingress", item),
            "__meta_kubernetes_ingress_scheme": "https" if "tls" in item["spec"] else "http",
            "__meta_kubernetes_ingress_host": rule["host"],
            "__meta_kubernetes_ingress_path": rule["http"]["paths"][0]["path"],
        },
    }


def _discovered_pod(role: str, item: Object, objects: list[tuple[str, Object]]) -> Object:
    (pod,) = (pod for kind, pod in objects if kind == "pods")
    name = item["metadata"]["name"]
    (own,) = (own for kind, own in objects if kind == "services" and own["metadata"]["name"] == name)
    (container,) = pod["spec"]["containers"]
    (port,) = container["ports"]
    prefix = "__meta_kubernetes_" + {"endpoints": "endpoint", "endpointslice": "endpointslice"}[role]
    return {
        "targets": [f"{pod['status']['podIP']}:{port['containerPort']}"],
        "labels": {
            "__meta_kubernetes_namespace": item["metadata"]["namespace"],
            **_meta(role, item),
            **_meta("service", own),
            **_meta("pod", pod),
            f"{prefix}_port_name": port["name"],
            f"{prefix}_address_target_kind": "Pod",
            f"{prefix}_address_target_name": pod["metadata"]["name"],
            "__meta_kubernetes_pod_container_name": container["name"],
            "__meta_kubernetes_pod_container_port_name": port["name"],
            "__meta_kubernetes_pod_container_port_number": str(port["containerPort"]),
            "__meta_kubernetes_pod_phase": pod["status"]["phase"],
        },
    }


def _meta(kind: str, item: Object) -> dict[str, str]:
    """The name, the labels and the annotations."""
    metadata = item["metadata"]
    meta = {f"__meta_kubernetes_{kind}_name": metadata["name"]}
    for what in "label", "annotation":
        for name, value in metadata[f"{what}s"].items():
            suffix = re.sub(r"[^a-zA-Z0-9_]", "_", name)
            meta[f"__meta_kubernetes_{kind}_{what}_{suffix}"] = value
            meta[f"__meta_kubernetes_{kind}_{what}present_{suffix}"] = "true"
    return meta


class Names:
    """A name server for which every name is this machine."""

    def __init__(self) -> None:
        self._server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), _Lookup)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


class _Lookup(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        query, sock = self.request
        end = query.index(b"\0", 12) + 5
        question, wants_ip4 = query[12:end], query[end - 4 : end - 2] == b"\0\1"
        flags_and_counts = bytes([0x85, 0x80, 0, 1, 0, wants_ip4, 0, 0, 0, 0])
        # The name of the question, type A, class IN, for a second, four bytes.
        answer = bytes([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1]) if wants_ip4 else b""
        sock.sendto(query[:2] + flags_and_counts + question + answer, self.client_address)


def _metadata(namespace: str, name: str, labels: dict[str, str], annotations: dict[str, str]) -> Object:
    return {
        "namespace": namespace,
        "name": name,
        "uid": f"{namespace}-{name}",
        "resourceVersion": "1",
        "labels": labels,
        "annotations": annotations,
    }


def service(
    namespace: str, name: str, ports: dict[str, int], labels: dict[str, str], annotations: dict[str, str]
) -> tuple[str, Object]:
    return "services", {
        "metadata": _metadata(namespace, name, labels, annotations),
        "spec": {
            "type": "ClusterIP",
            "clusterIP": "10.0.0.1",
            "ports": [{"name": port, "port": number, "protocol": "TCP"} for port, number in ports.items()],
        },
    }


def ingress(namespace: str, name: str, url: str, labels: dict[str, str]) -> tuple[str, Object]:
    """Of a real one the host has no port."""
    scheme, host, path, _, _ = urlsplit(url)
    spec: Object = {"rules": [{"host": host, "http": {"paths": [{"path": path, "pathType": "Prefix"}]}}]}
    if scheme == "https":
        spec["tls"] = [{"hosts": [host]}]
    return "ingresses", {"metadata": _metadata(namespace, name, labels, {}), "spec": spec}


def endpoints(namespace: str, name: str, port: int, labels: dict[str, str]) -> list[tuple[str, Object]]:
    """The pod of a Service, as Endpoints and as an EndpointSlice."""
    pod = f"{name}-0"
    metadata = _metadata(namespace, name, {**labels, "kubernetes.io/service-name": name}, {})
    reference = {"kind": "Pod", "name": pod, "namespace": namespace}
    ports = [{"name": "http", "port": port, "protocol": "TCP"}]
    return [
        (
            "pods",
            {
                "metadata": _metadata(namespace, pod, labels, {}),
                "spec": {
                    "containers": [
                        {"name": name, "ports": [{"name": "http", "containerPort": port, "protocol": "TCP"}]}
                    ]
                },
                "status": {
                    "phase": "Running",
                    "podIP": "127.0.0.1",
                    "conditions": [{"type": "Ready", "status": "True"}],
                },
            },
        ),
        (
            "endpoints",
            {
                "metadata": metadata,
                "subsets": [{"addresses": [{"ip": "127.0.0.1", "targetRef": reference}], "ports": ports}],
            },
        ),
        (
            "endpointslices",
            {
                "metadata": metadata,
                "addressType": "IPv4",
                "endpoints": [{"addresses": ["127.0.0.1"], "conditions": {"ready": True}, "targetRef": reference}],
                "ports": ports,
            },
        ),
    ]
