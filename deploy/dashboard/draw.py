"""Draws the dashboard: its queries, asked of a Prometheus that scraped the targets of ../e2e for a while."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from main import JAR  # noqa: E402
from processes import Processes  # noqa: E402
from queries import dashboard, queries, replaced  # noqa: E402
from scene import Scene, missing  # noqa: E402
from stores import get  # noqa: E402

CONTINUOUS = "Continuous: $instance"
PICTURES = {
    "overview": ("The fleet", CONTINUOUS, "gateway"),
    "continuous": (CONTINUOUS, "The exporter itself", "node1"),
    "exporter": ("The exporter itself", None, ""),
}
"""The row that each begins with, the one that it ends before, and the target."""
WIDTH = 1160
WARM_UP = 20
"""Seconds that are not drawn."""
CLOSE_TOGETHER = "\nwebsocket-exporter.modules.websocket_ping_burst.ping.interval = 2ms\n"
"""Or the time between the PINGs of the gateway would dwarf its phases."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jar", type=Path, default=JAR, help="of the exporter")
    parser.add_argument("--seconds", type=int, default=60, help="to scrape for before it is drawn")
    parser.add_argument("--into", type=Path, default=HERE, help="the folder for the pictures")
    arguments = parser.parse_args()
    if lacking := missing(arguments.jar.absolute()):
        sys.exit(f"Missing: {lacking}.")
    with tempfile.TemporaryDirectory(prefix="websocket-exporter-draw-") as folder, Processes(Path(folder)) as processes:
        scene = Scene(Path(folder), processes, arguments.jar.absolute())
        scene.configure(scene.configuration + CLOSE_TOGETHER)
        time.sleep(WARM_UP + arguments.seconds)
        draw(scene.prometheus.url, arguments.seconds, Path(folder), arguments.into.absolute())


def draw(prometheus: str, seconds: int, folder: Path, into: Path) -> None:
    end = int(time.time())
    values = {
        "job": ["websocket", "websocket-continuous"],
        "exporter": [found["metric"]["instance"] for found in ask(prometheus, "websocket_exporter_build_info", end)],
        "__range": [f"{seconds}s"],
        "__rate_interval": ["20s"],
    }
    panels = dashboard()["panels"]
    titles = [panel["title"] for panel in panels]
    for name, (first, last, instance) in PICTURES.items():
        values["instance"] = [instance]
        shown = panels[titles.index(first) : last and titles.index(last)]
        for panel in shown:
            panel["title"] = replaced(panel["title"], values)
        answers: dict[int, list[dict[str, Any]]] = {panel["id"]: [] for panel in shown}
        for query in queries(values):
            if query.panel in answers:
                window = {} if query.instant else {"start": end - seconds, "step": 2}
                found = ask(prometheus, query.expression, end, **window)
                answers[query.panel] += [{"legend": query.legend, **series} for series in found]
        page = folder / f"{name}.html"
        data = json.dumps({"panels": shown, "answers": answers, "start": end - seconds, "end": end, "width": WIDTH})
        page.write_text((HERE / "draw.html").read_text().replace("/* data */", data.replace("<", "\\u003c")))
        bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in shown)
        height = (bottom - shown[0]["gridPos"]["y"]) * 38 + 16
        subprocess.run(
            [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
                f"--user-data-dir={folder}/chromium", f"--window-size={WIDTH},{height}",
                f"--screenshot={into / name}.png", page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )  # fmt: skip


def ask(prometheus: str, expression: str, end: int, **window: int) -> list[dict[str, Any]]:
    """At the end, or over the window before it."""
    path = "query_range" if window else "query"
    parameters = {"query": expression, "end" if window else "time": end, **window}
    found: list[dict[str, Any]] = get(f"{prometheus}/api/v1/{path}?{urllib.parse.urlencode(parameters)}")["data"]["result"]
    return found


if __name__ == "__main__":
    main()
