"""Each example runs, and succeeds."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "bindings/python/examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(path):
    if "numpy" in path.read_text():
        pytest.importorskip("numpy")
    if "openfeature" in path.read_text():
        pytest.importorskip("openfeature")
    ended = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip()


def test_there_are_examples():
    assert len(EXAMPLES) >= 4


def test_the_page_names_every_argument_and_every_call():
    import flagkit

    page = (ROOT / "docs/python.md").read_text()
    with pytest.raises(TypeError, match="known are") as raised:
        flagkit.Client(no_such_argument=1)
    arguments = str(raised.value).split("known are ")[1].split(", ")
    assert len(arguments) == 24
    for name in arguments:
        assert f"`{name}`" in page, name
    for name in flagkit.__all__:
        if name.islower() and not name.startswith("_") and not name.endswith("_details"):
            assert re.search(rf"\b{name}\b", page), name
