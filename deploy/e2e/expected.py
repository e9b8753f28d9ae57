"""What the scrapers should have of each target: its series, their values and labels, and the alerts."""

from __future__ import annotations

from dataclasses import dataclass, field

PREFIX = "probe_websocket_"

ALWAYS = {
    "probe_success",
    "probe_duration_seconds",
    "probe_timeout_seconds",
    "probe_dns_lookup_time_seconds",
    "probe_ip_protocol",
    "probe_ip_addr_hash",
    PREFIX + "up",
    PREFIX + "ssl",
    PREFIX + "connection_upgraded",
    PREFIX + "connection_duration_seconds",
    PREFIX + "duration_seconds",
    PREFIX + "ping_pong_success",
    PREFIX + "ping_pong_duration_seconds",
}
CONNECTED = {"probe_tcp_rtt_seconds", "probe_tcp_rtt_variance_seconds", "probe_tcp_retransmits"}
ENCRYPTED = {
    "probe_ssl_earliest_cert_expiry",
    "probe_ssl_last_chain_expiry_timestamp_seconds",
    "probe_ssl_last_chain_info",
    "probe_tls_version_info",
    "probe_tls_cipher_info",
    PREFIX + "tls_verified",
}
ANSWERED = {PREFIX + "status_code"}
UPGRADED = {PREFIX + name for name in ("handshake_info", "pings_sent", "pongs_received", "unmatched_pongs")}
PONGED = {PREFIX + name for name in ("ping_pong_uncertainty_seconds", "ping_pong_clock_info")}
BURST = {PREFIX + f"ping_pong_{name}" for name in ("min_seconds", "mean_seconds", "max_seconds", "jitter_seconds")}
BURST |= {PREFIX + "ping_pong_loss_ratio"}
FAILED = {"probe_failure_info"}
HELD = {
    PREFIX + name
    for name in (
        "pings_total",
        "pongs_total",
        "pongs_late_total",
        "pings_lost_total",
        "connects_total",
        "ping_rtt_seconds_bucket",
        "ping_rtt_seconds_sum",
        "ping_rtt_seconds_count",
        "connection_age_seconds",
        "last_pong_timestamp_seconds",
    )
}

# How far a probe gets: to each of these comes what the ones before have.
CONNECT, UPGRADE, ANSWER, PING, PONG = range(5)
_SERIES: tuple[set[str], ...] = (set(), CONNECTED, ANSWERED, UPGRADED, PONGED)
_PHASES: tuple[list[str], ...] = (["resolve", "connect"], ["upgrade"], [], ["ping"], [])


@dataclass(frozen=True)
class Target:
    found_as: str
    """static, service or ingress."""
    name: str
    reaches: int
    tls: bool = False
    reason: str = ""
    pings: int = 1
    held: bool = False
    alerts: frozenset[str] = field(default_factory=frozenset)

    @property
    def job(self) -> str:
        return "websocket-continuous" if self.held else "websocket"

    @property
    def title(self) -> str:
        return f"{self.name}, held" if self.held else self.name

    @property
    def phases(self) -> list[str]:
        """In which time is spent, in their order."""
        phases = [phase for stage in _PHASES[: self.reaches + 1] for phase in stage]
        return phases[:2] + ["tls"] + phases[2:] if self.tls else phases

    @property
    def failure(self) -> tuple[str, str] | None:
        return (self.phases[-1], self.reason) if self.reason else None

    @property
    def series(self) -> set[str]:
        reached = set().union(*_SERIES[: self.reaches + 1])
        extra = (ENCRYPTED, self.tls), (BURST, self.pings > 1 or self.held), (FAILED, self.reason), (HELD, self.held)
        return (ALWAYS | reached).union(*(series for series, given in extra if given))

    @property
    def values(self) -> dict[str, float]:
        """Of the series whose value is known."""
        upgraded, ponged = float(self.reaches >= PING), float(self.reaches == PONG)
        values = {
            "probe_success": float(not self.reason),
            "probe_ip_protocol": 4.0,
            PREFIX + "up": upgraded,
            PREFIX + "connection_upgraded": upgraded,
            PREFIX + "ping_pong_success": ponged,
            PREFIX + "ssl": float(self.tls),
        }
        if self.reaches >= PING:
            values[PREFIX + "status_code"] = 101.0
        if self.reaches >= PING and not self.held:
            values |= {PREFIX + "pings_sent": float(self.pings), PREFIX + "pongs_received": ponged * self.pings}
        if self.tls:
            values |= {PREFIX + "tls_verified": 1.0}
        return values


DOWN = "WebSocketEndpointDown"
REFUSED = "WebSocketHandshakeFailing"

TARGETS = [
    Target("static", "node1", PONG, tls=True),
    Target("static", "node2", PONG, tls=True),
    Target("static", "gateway", PONG, tls=True, pings=5),
    Target("static", "itself", PONG),
    Target("service", "quotes", PONG),
    Target("ingress", "expiring", PONG, tls=True, alerts=frozenset({"WebSocketCertificateExpiring"})),
    Target("ingress", "far", PONG),
    Target("ingress", "slow", PONG, alerts=frozenset({"WebSocketHighPingPongLatency"})),
    Target(
        "ingress", "tokenless", ANSWER, tls=True, reason="upgrade_status",
        alerts=frozenset({DOWN, REFUSED}),
    ),
    Target("ingress", "silent", UPGRADE, reason="upgrade_timeout", alerts=frozenset({DOWN, REFUSED})),
    Target("ingress", "mute", PING, reason="pong_timeout", alerts=frozenset({DOWN, "WebSocketPongMissing"})),
]  # fmt: skip
HELD_WELL = Target("static", "itself", PONG, held=True)
HELD_CUT = Target("static", "node1", PONG, tls=True, held=True)
"""Its server ends each connection after a while."""
DYING = Target("ingress", "dying", PONG)
DEAD = Target("ingress", "dying", CONNECT, reason="connect_refused", alerts=frozenset({DOWN}))
FLAPPING = Target("ingress", "flapping", PONG, alerts=frozenset({"WebSocketEndpointFlapping"}))

RELOAD_FAILED = "WebSocketExporterConfigReloadFailed"
STOPPED = ("WebSocketExporterDown", "WebSocketProbeUnanswered")
QUIET = (
    "WebSocketExporterSaturated",
    "WebSocketPingLoss",
    "WebSocketPingPongSlowerThanUsual",
    "WebSocketPingPongTailLatency",
    "WebSocketReconnecting",
)
"""There is no reason for these: nothing is turned away, PONGs come, no server has a day behind it, none cuts often."""
OF_THE_MACHINE = ("WebSocketExporterLate", "WebSocketExporterUnsure")
"""These are for it to say: one that has much else to do is late."""

ALERTS = {alert for target in (*TARGETS, DEAD, FLAPPING) for alert in target.alerts}

LABELS = {
    "__name__",
    "phase",
    "reason",
    "code",
    "le",
    "subprotocol",
    "extensions",
    "clock",
    "version",
    "cipher",
    "fingerprint_sha256",
    "subject",
    "issuer",
    "subjectalternative",
    "serialnumber",
}
"""Of the exporter. All others come from the scraper."""

EXPORTER_SERIES = {
    "websocket_exporter_" + name
    for name in (
        "build_info",
        "probes_total",
        "probe_failures_total",
        "probe_duration_seconds_bucket",
        "probe_duration_seconds_sum",
        "probe_duration_seconds_count",
        "probes_in_flight",
        "http_connections",
        "sessions",
        "session_pings_total",
        "session_reconnects_total",
        "session_disconnects_total",
        "probes_rejected_total",
        "event_loop_delay_seconds_bucket",
        "event_loop_delay_seconds_sum",
        "event_loop_delay_seconds_count",
        "ping_uncertainty_seconds_bucket",
        "ping_uncertainty_seconds_sum",
        "ping_uncertainty_seconds_count",
        "ping_clock_info",
        "module_unknown_total",
        "config_last_reload_successful",
        "config_last_reload_success_timestamp_seconds",
    )
}
