"""Measures all contenders, one after the other, and writes a table: `compare.py [--quick] FOLDER`."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pyperf

from contenders import CONTENDERS

HERE = pathlib.Path(__file__).parent
MODES = {"--quick": ["--fast", "--processes", "3", "--values", "2", "--quiet"]}
CAREFUL = ["--processes", "10", "--values", "3", "--quiet"]


def main(arguments: list[str]) -> None:
    mode = MODES.get(arguments[0], CAREFUL)
    folder = pathlib.Path(arguments[-1])
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for place, name in enumerate(CONTENDERS):
        path = folder / f"{place}.json"
        path.unlink(missing_ok=True)
        command = [sys.executable, str(HERE / "one.py"), "--contender", name, "-o", str(path), *mode]
        subprocess.run(command, check=True)
        found = {bench.get_name().split(" | ")[1]: bench for bench in pyperf.BenchmarkSuite.load(str(path))}
        rows.append((name, found["fresh"], found["kept"]))
    table = [
        "| SDK | with the values of a user, µs | with what is kept of a user, µs |",
        "|---|---|---|",
        *(f"| {name} | {shown(fresh)} | {shown(kept)} |" for name, fresh, kept in rows),
    ]
    (folder / "table.md").write_text("\n".join(table) + "\n")
    print("\n".join(table))


def shown(bench: pyperf.Benchmark) -> str:
    return f"{bench.median() * 1e6:.2f} ± {bench.median_abs_dev() * 1e6:.2f}"


if __name__ == "__main__":
    main(sys.argv[1:])
