"""Forks, ends of processes, threads: with a server that runs, and real programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

from serving import wait_until

END_SECONDS = 10.0


def test_a_forked_child_follows_changes_by_itself(program, server, flag):
    said = program(
        """
        import os, sys, time, flagkit
        key = sys.argv[1]
        flagkit.init()
        assert flagkit.is_enabled(key) is False
        os.write(1, b"before\\n")
        child = os.fork()
        if child == 0:
            seen = flagkit.is_enabled(key)
            changes = []
            flagkit.on_change(lambda change: changes.append(change.flags))
            flagkit.wait_ready()
            urllib_request = __import__("urllib.request").request
            request = urllib_request.Request(
                os.environ["FLAGKIT_URL"] + "/api/v1/projects/default/environments/production/flags/" + key,
                method="PATCH", data=b'{"rollout_percentage": 100}',
                headers={"Authorization": "Bearer fk_admin_dev", "Content-Type": "application/json"})
            urllib_request.urlopen(request).read()
            end = time.monotonic() + 20
            while not (flagkit.is_enabled(key) and changes) and time.monotonic() < end:
                time.sleep(0.02)
            ok = not seen and flagkit.is_enabled(key) and (key,) in changes
            os.write(1, b"child %d\\n" % ok)
            os._exit(0)
        os.waitpid(child, 0)
        end = time.monotonic() + 20
        while not flagkit.is_enabled(key) and time.monotonic() < end:
            time.sleep(0.02)
        print("parent", int(flagkit.is_enabled(key)))
        """,
        flag,
        **server.variables(),
    )
    assert said.split("\n")[:3] == ["before", "child 1", "parent 1"]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_children_of_multiprocessing_evaluate_and_count(program, server, flag, method):
    server.rollout(flag, 100)
    said = program(
        """
        import multiprocessing, sys, flagkit

        def begin():
            if multiprocessing.get_start_method() == "spawn":
                flagkit.init()

        def work(key):
            return sum(flagkit.is_enabled(key, {"user_id": f"u-{n}"}) for n in range(50))

        if __name__ == "__main__":
            multiprocessing.set_start_method(sys.argv[2])
            flagkit.init()
            flagkit.is_enabled(sys.argv[1])
            with multiprocessing.Pool(3, begin) as pool:
                print(sum(pool.map(work, [sys.argv[1]] * 6, chunksize=1)))
                pool.close()
                pool.join()
        """,
        flag,
        method,
        **server.variables(),
    )
    assert said.split() == ["300"]
    assert server.counted(flag) == 301


def test_what_was_counted_is_delivered_when_a_program_just_ends(program, server, flag):
    begin = time.monotonic()
    program(
        """
        import sys, flagkit
        flagkit.init()
        for n in range(123):
            flagkit.is_enabled(sys.argv[1], {"user_id": f"u-{n}"})
        """,
        flag,
        **server.variables(),
    )
    assert time.monotonic() - begin < END_SECONDS
    assert server.counted(flag) == 123


@pytest.mark.parametrize(
    "end", ["sys.exit(0)", "os._exit(0)", "raise SystemExit", "os.kill(os.getpid(), 2)"]
)
def test_no_end_hangs(server, tmp_path, end):
    path = tmp_path / "program.py"
    path.write_text(
        "import os, sys, threading, flagkit\n"
        "flagkit.init()\n"
        "flagkit.on_change(print)\n"
        "threading.Thread(target=lambda: [flagkit.is_enabled('x') for _ in range(10**6)], daemon=True).start()\n"
        f"{end}\n"
    )
    environment = {**os.environ, **server.variables()}
    ended = subprocess.run(
        [sys.executable, str(path)], env=environment, timeout=END_SECONDS, capture_output=True
    )
    assert ended.returncode in (0, -signal.SIGINT, 1, 130), ended.stderr
    assert b"Fatal" not in ended.stderr and b"panicked" not in ended.stderr


def test_threads_evaluate_while_flags_change(program):
    assert (
        program(
            """
            import threading, flagkit
            flagkit.init(document={"schema": "flagkit/1", "flags": {}})
            client, seen, is_over = flagkit.client(), [], threading.Event()
            client.on_change(lambda change: seen.append(change.flags))
            answers = []
            def ask():
                count = 0
                while not is_over.is_set():
                    count += client.is_enabled("beta", {"user_id": f"u-{count}"}) in (True, False)
                answers.append(count)
            threads = [threading.Thread(target=ask) for _ in range(4)]
            for thread in threads: thread.start()
            for n in range(300):
                client.replace({"schema": "flagkit/1", "flags": {"beta": {"enabled": True, "rollout_percentage": n % 100}}})
            is_over.set()
            for thread in threads: thread.join()
            import time
            end = time.monotonic() + 10
            while len(seen) < 300 and time.monotonic() < end: time.sleep(0.01)
            print(len(seen), min(answers) > 0)
            """
        ).split()
        == ["300", "True"]
    )


def test_gunicorn_with_preload(server, flag, tmp_path):
    """The master loads the flags, the workers follow them, and what they counted is delivered."""
    (tmp_path / "application.py").write_text(
        "import flagkit, os\n"
        "flagkit.init()\n"
        f"KEY = {flag!r}\n"
        "assert flagkit.is_enabled(KEY) is False\n"
        "def app(environ, start_response):\n"
        "    start_response('200 OK', [('Content-Type', 'text/plain')])\n"
        "    on = flagkit.is_enabled(KEY, {'user_id': environ['PATH_INFO']})\n"
        "    return [f'{os.getpid()} {on}'.encode()]\n"
    )
    log = tmp_path / "log"
    with log.open("wb") as out:
        master = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--preload", "--workers", "2", "--bind",
             f"unix:{tmp_path}/socket", "--bind", "127.0.0.1:0", "application:app"],
            cwd=tmp_path, env={**os.environ, **server.variables()}, stdout=out, stderr=out,
        )
    try:
        wait_until(lambda: b"Listening at: http://127.0.0.1" in log.read_bytes() or b",http" in log.read_bytes())
        said = log.read_text()
        port = said.split("127.0.0.1:")[1].split()[0].strip("),")

        def ask(name: str) -> list[str]:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{name}", timeout=10) as answer:
                return answer.read().decode().split()

        workers: set[str] = set()
        asked = 0
        end = time.monotonic() + 20
        while len(workers) < 2 and time.monotonic() < end:
            worker, on = ask(f"u-{asked}")
            asked += 1
            workers.add(worker)
            assert on == "False"
        assert len(workers) == 2, workers
        server.rollout(flag, 100)
        seen: set[str] = set()
        end = time.monotonic() + 20
        while seen < workers and time.monotonic() < end:
            worker, on = ask(f"u-{asked}")
            asked += 1
            if on == "True":
                seen.add(worker)
        assert seen == workers, "a worker does not see the change"
    finally:
        master.terminate()
        assert master.wait(timeout=20) == 0, log.read_text()
    # The master has asked once.
    wait_until(lambda: server.counted(flag) == asked + 1)


def test_celery_with_prefork(server, flag, tmp_path):
    """A worker's children are forked from a process that has loaded the flags."""
    server.rollout(flag, 100)
    (tmp_path / "tasks.py").write_text(
        "import celery, flagkit, os\n"
        "flagkit.init()\n"
        "assert flagkit.client().is_ready\n"
        "app = celery.Celery('tasks', broker='filesystem://', backend='file://' + os.getcwd())\n"
        "folder = os.getcwd() + '/queue'\n"
        "os.makedirs(folder, exist_ok=True)\n"
        "app.conf.broker_transport_options = {'data_folder_in': folder, 'data_folder_out': folder,"
        " 'control_folder': folder}\n"
        "app.conf.worker_hijack_root_logger = False\n"
        "@app.task\n"
        f"def ask(user): return flagkit.is_enabled({flag!r}, {{'user_id': user}})\n"
    )
    environment = {**os.environ, **server.variables(), "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    log = tmp_path / "log"
    with log.open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "tasks", "worker", "--pool", "prefork",
             "--concurrency", "2", "--without-gossip", "--without-mingle", "--without-heartbeat"],
            cwd=tmp_path, env=environment, stdout=out, stderr=out,
        )
    try:
        asked = subprocess.run(
            [sys.executable, "-c",
             "import tasks; waiting = [tasks.ask.delay(f'u-{n}') for n in range(6)];"
             "print(sum(task.get(timeout=40) for task in waiting))"],
            cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60,
        )
        assert asked.stdout.split() == ["6"], asked.stderr + log.read_text()
    finally:
        worker.terminate()
        assert worker.wait(timeout=30) == 0, log.read_text()
    wait_until(lambda: server.counted(flag) == 6)
