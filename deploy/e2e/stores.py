"""VictoriaMetrics and Prometheus, as they are asked."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sample:
    labels: dict[str, str]
    value: float

    @property
    def name(self) -> str:
        return self.labels.get("__name__", "")


@dataclass(frozen=True)
class Store:
    """Either of them, with the one who evaluates the rules on it: their HTTP API is the same."""

    name: str
    url: str
    alerts_url: str

    def query(self, expression: str) -> list[Sample]:
        result = get(f"{self.url}/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
        return [Sample(row["metric"], float(row["value"][1])) for row in result["data"]["result"]]

    def firing(self, alert: str) -> list[dict[str, Any]]:
        alerts = get(f"{self.alerts_url}/api/v1/alerts")["data"]["alerts"] or []
        return [one for one in alerts if one["labels"]["alertname"] == alert and one["state"] == "firing"]

    def label_values(self) -> set[str]:
        """Of all labels, whatever the series."""
        names = get(f"{self.url}/api/v1/labels")["data"]
        return {
            value
            for name in names
            for value in get(f"{self.url}/api/v1/label/{urllib.parse.quote(name)}/values")["data"]
        }


def get(url: str) -> Any:
    return json.loads(text_of(url))


def text_of(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        body: bytes = answer.read()
    return body.decode(errors="replace")
