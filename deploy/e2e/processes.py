"""The processes that are started, each with a log of its own. None outlives the script."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path


class Processes:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running.values():
            process.kill()
        for process in self._running.values():
            process.wait()

    def start(self, name: str, command: list[str], ready: str) -> None:
        """Starts it, and returns once it answers at that URL."""
        with self._log(name).open("wb") as log:
            process = subprocess.Popen(
                # Where the script is killed itself, the system kills it.
                ["setpriv", "--pdeathsig", "KILL", *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                # So that Ctrl-C reaches the script alone, which then ends them all.
                start_new_session=True,
            )
        self._running[name] = process
        until = time.monotonic() + 60
        while not answers(ready):
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"{name} did not start:\n{self.log(name)[-2000:]}")
            time.sleep(0.1)

    def terminate(self, name: str) -> int:
        """As Kubernetes does it. Returns the exit code."""
        self._running[name].terminate()
        return self._running[name].wait(60)

    def log(self, name: str) -> str:
        return self._log(name).read_text(errors="replace")

    def names(self) -> list[str]:
        return list(self._running)

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
