"""`flagkit serve` in a process of its own, with sample flags."""

from __future__ import annotations

import json
import os
import pathlib
import socket
import subprocess
import time
import urllib.request
from typing import Any

import pytest

PROGRAM = os.environ.get("TEST_PROGRAM", "")


class Server:
    """A running server, and what an administrator does with it."""

    def __init__(self, folder: pathlib.Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.folder = folder
        self.start()

    def start(self) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("FLAGKIT_")}
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--dev", "--log", "off", "--heartbeat", "1s", "--listen", self.url[7:]],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        wait_until(self.is_there)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def is_there(self) -> bool:
        assert self.process.poll() is None, "the server has ended"
        try:
            return self.ask("GET", "flags") is not None
        except OSError:
            return False

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/api/v1/projects/default/environments/production/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer fk_admin_dev", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def add(self, key: str, percentage: int) -> None:
        self.ask("PUT", f"flags/{key}", {"enabled": True, "rollout_percentage": percentage})

    def rollout(self, key: str, percentage: int) -> None:
        self.ask("PATCH", f"flags/{key}", {"rollout_percentage": percentage})

    def counted(self, key: str) -> int:
        items = self.ask("GET", "usage")["items"]
        return sum(item["count"] for item in items if item["flag"] == key)

    def variables(self) -> dict[str, str]:
        return {"FLAGKIT_URL": self.url, "FLAGKIT_KEY": "fk_server_dev"}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory):
    if not PROGRAM:
        pytest.skip("TEST_PROGRAM names no `flagkit`")
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


@pytest.fixture
def flag(server: Server, request: pytest.FixtureRequest) -> str:
    """A flag of this test's own, off for everybody."""
    key = request.node.name.replace("_", "-").replace("[", "-").replace("]", "")
    server.add(key, 0)
    return key


def wait_until(holds, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)
