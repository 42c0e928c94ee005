"""What the tests share: a document with a flag of each kind."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import textwrap
from collections.abc import Callable

import pytest

import flagkit
from serving import flag, server

__all__ = ["flag", "server"]

FLAGS = pathlib.Path(__file__).with_name("flags.yaml")


@pytest.fixture
def client() -> flagkit.Client:
    return flagkit.Client(document=FLAGS.read_text())


@pytest.fixture
def program(tmp_path: pathlib.Path) -> Callable[..., str]:
    """Runs a text as a program of its own and returns what it prints."""

    def run(text: str, *arguments: str, within: float = 30.0, **variables: str) -> str:
        import os

        path = tmp_path / "program.py"
        path.write_text(textwrap.dedent(text))
        environment = {k: v for k, v in os.environ.items() if not k.startswith("FLAGKIT_")}
        ended = subprocess.run(
            [sys.executable, str(path), *arguments],
            capture_output=True,
            text=True,
            timeout=within,
            env={**environment, **variables},
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    return run
