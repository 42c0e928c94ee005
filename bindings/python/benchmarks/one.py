"""Measures one contender with `pyperf`, in processes of its own: `one.py --contender NAME`.

The answers for all users are checked before anything is timed.
"""

from __future__ import annotations

import argparse

import pyperf

from contenders import CONTENDERS, USERS


def main() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--contender", required=True, choices=list(CONTENDERS))

    def pass_on(command: list[str], arguments: argparse.Namespace) -> None:
        command.extend(("--contender", arguments.contender))

    runner = pyperf.Runner(_argparser=argparse.ArgumentParser(parents=[parser]), add_cmdline_args=pass_on)
    name = runner.parse_args().contender
    contender = CONTENDERS[name]()
    prepared = [contender.prepare(user) for user, _ in USERS]
    for (user, wanted), kept in zip(USERS, prepared):
        for answer in (contender.fresh(user), contender.kept(kept)):
            assert answer is wanted, f"{name} answers {answer!r} for {user}"
    user = USERS[0][0]
    fresh, kept, ready = contender.fresh, contender.kept, prepared[0]
    runner.bench_time_func(f"{name} | fresh", timer, fresh, user, inner_loops=CALLS)
    runner.bench_time_func(f"{name} | kept", timer, kept, ready, inner_loops=CALLS)


def timer(loops: int, ask, user) -> float:
    """Time for so many calls, ten at a time: the loop is to cost little."""
    rounds = range(loops)
    begin = pyperf.perf_counter()
    for _ in rounds:
        ask(user); ask(user); ask(user); ask(user); ask(user)
        ask(user); ask(user); ask(user); ask(user); ask(user)
    return pyperf.perf_counter() - begin


# Calls in each round.
CALLS = 10


if __name__ == "__main__":
    main()
