"""What is shipped, and all that is changed of it to run on one machine and within minutes.

Each function is one such change, and says of what. The rest runs as it is in the files.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

DEPLOY = Path(__file__).resolve().parent.parent
CONFIGURATION = DEPLOY / "base" / "websocket-exporter.conf"
SECRET = DEPLOY / "base" / "secret.yaml"
DEPLOYMENT = DEPLOY / "base" / "deployment.yaml"
RULES = DEPLOY / "rules" / "websocket-exporter.yml"
VMAGENT = DEPLOY / "e2e" / "generated" / "vmagent.yml"
PROMETHEUS = DEPLOY / "e2e" / "generated" / "prometheus.yml"

SPEED = 15

_DURATION = r"(?:\d+(?:ms|[smhdw]))+"
_MILLISECONDS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}


def exporter_at(address: str, text: str) -> str:
    """The exporter's Service is at that address, and as a target its name has that port."""
    port = address.rpartition(":")[2]
    text = re.sub(r"(//websocket-exporter\.monitoring\.svc):\d+", rf"\1:{port}", text)
    return re.sub(r"(?<!/)websocket-exporter\.monitoring\.svc:\d+", address, text)


def targets_at(ports: dict[str, int], text: str) -> str:
    """Each host of a target keeps its name, and gets the port of the server that stands for it."""

    def with_port(match: re.Match[str]) -> str:
        if match[2] not in ports:
            raise SystemExit(f"No server here stands for {match[2]}.")
        return f"{match[1]}{match[2]}:{ports[match[2]]}"

    return re.sub(r"(\bwss?://)([a-z0-9.-]+)(?=[/\"\s])", with_port, text)


def with_tokens(tokens: dict[str, str]) -> tuple[str, str]:
    """The name and the text of the Secret's file, with tokens in place of its placeholders."""
    _, name, text = re.split(r"^  (\S+): \|\n", SECRET.read_text(), flags=re.MULTILINE)
    return name, re.sub(r"token-of-([a-z0-9]+)", lambda match: tokens[match[1]], textwrap.dedent(text))


def arguments(address: str, configuration: Path) -> list[str]:
    """Those of the Deployment, but for the address and the configuration, which is looked at more often."""
    arguments = dict(re.findall(r"^ *- (--[a-z.-]+)=(\S+)$", DEPLOYMENT.read_text(), re.MULTILINE))
    reload = "--config.auto-reload-interval"
    arguments |= {
        "--web.listen-address": address,
        "--config.file": str(configuration),
        reload: faster(arguments[reload]),
    }
    return [f"{name}={value}" for name, value in arguments.items()]


def api_server_at(url: str, text: str) -> str:
    """Service discovery asks that API server, not the one of the cluster that it runs in."""
    return re.sub(r"^( *)- role: \w+$", rf"\g<0>\n\1  api_server: {url}", text, flags=re.MULTILINE)


def discovered_over_http(url: str, text: str) -> str:
    """Debian builds Prometheus without Kubernetes discovery: the same targets and labels come by the other way."""
    return re.sub(
        r"^( *)kubernetes_sd_configs:\n\1- role: (\w+)\n(?:\1 .*\n)*",
        rf"\1http_sd_configs:\n\1- url: {url}/http_sd/\2\n",
        text,
        flags=re.MULTILINE,
    )


def scraped_faster(text: str) -> str:
    """Intervals pass SPEED times as fast. A timeout stays as it is, but is not above its interval."""
    text = re.sub(
        rf"^([ -]*(?:scrape_interval|evaluation_interval): )({_DURATION})$",
        lambda match: match[1] + faster(match[2]),
        text,
        flags=re.MULTILINE,
    )
    shortest = min(map(_milliseconds, re.findall(rf"^[ -]*scrape_interval: ({_DURATION})$", text, re.MULTILINE)))
    return re.sub(
        rf"^([ -]*scrape_timeout: )({_DURATION})$",
        lambda match: f"{match[1]}{min(_milliseconds(match[2]), shortest)}ms",
        text,
        flags=re.MULTILINE,
    )


def evaluated_faster(text: str) -> str:
    """So do the intervals of rule groups, `for`, and the ranges and offsets of the expressions."""
    text = re.sub(
        rf"^([ -]*(?:interval|for|keep_firing_for): )({_DURATION})$",
        lambda match: match[1] + faster(match[2]),
        text,
        flags=re.MULTILINE,
    )
    return query_faster(text)


def query_faster(expression: str) -> str:
    """The ranges, steps and offsets of an expression."""
    return re.sub(
        rf"\[{_DURATION}(?::(?:{_DURATION})?)?\]|\boffset {_DURATION}",
        lambda match: re.sub(_DURATION, lambda duration: faster(duration[0]), match[0]),
        expression,
    )


def faster(duration: str) -> str:
    return f"{_milliseconds(duration) // SPEED}ms"


def _milliseconds(duration: str) -> int:
    return sum(int(count) * _MILLISECONDS[unit] for count, unit in re.findall(r"(\d+)(ms|[smhdw])", duration))
