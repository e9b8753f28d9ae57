#!/usr/bin/env python3
"""The queries of the dashboard as Grafana would send them. Run: each as a line of JSON."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

DASHBOARD = Path(__file__).resolve().parent / "websocket-exporter.json"


@dataclass(frozen=True)
class Query:
    panel: int
    title: str
    legend: str
    expression: str
    instant: bool


def dashboard() -> dict[str, Any]:
    return json.loads(DASHBOARD.read_text())


def queries(values: dict[str, list[str]]) -> Iterator[Query]:
    """With these values for its variables, those of Grafana's own among them. One without a value is an error."""
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", []):
            yield Query(
                panel["id"], panel["title"], target["legendFormat"], replaced(target["expr"], values), target["instant"]
            )


def replaced(expression: str, values: dict[str, list[str]]) -> str:
    """Where a regular expression is matched, a value is escaped as Grafana escapes it. $1 is no variable."""

    def any_of(match: re.Match[str]) -> str:
        one_of = "|".join(re.escape(value).replace("\\-", "-") for value in values[match[1]])
        return f"=~{json.dumps(one_of)}"

    expression = re.sub(r'=~"\$([a-z]\w*)"', any_of, expression)
    return re.sub(r"\$([a-z_]\w*)", lambda match: values[match[1]][0], expression)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "values", nargs="+", metavar="VARIABLE=VALUE",
        help="job=websocket instance=gateway exporter=127.0.0.1:9095 __range=1h __rate_interval=2m; "
        "one that has several values is given several times",
    )  # fmt: skip
    values: dict[str, list[str]] = {}
    for assignment in parser.parse_args().values:
        name, _, value = assignment.partition("=")
        values.setdefault(name, []).append(value)
    for query in queries(values):
        print(json.dumps(asdict(query)))


if __name__ == "__main__":
    main()
