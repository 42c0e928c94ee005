"""Opening clients: arguments, mistakes, files, the flags of the process."""

from __future__ import annotations

import datetime
import pickle
import time

import pytest

import flagkit
from serving import wait_until

ON = {"schema": "flagkit/1", "flags": {"beta": {"enabled": True, "rollout_percentage": 100}}}


@pytest.mark.parametrize(
    "document", [ON, str(ON).replace("True", "true").replace("'", '"'), b'schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}']
)
def test_a_document_is_text_bytes_or_a_mapping(document):
    client = flagkit.Client(document=document)
    assert client.is_enabled("beta") is True
    assert client.is_ready is True
    assert client.status().source == "bootstrap"
    assert client.status().dialect == "native"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"document": "flags: ["}, "line 1"),
        ({"document": 5}, "`document`"),
        ({"document": ON, "file": "flags.yaml"}, "remove one"),
        ({"file": "flags.yaml", "url": "http://localhost"}, "remove one"),
        ({"file": "/no/such/file.yaml"}, "/no/such/file.yaml"),
        ({"url": "http://localhost"}, "FLAGKIT_KEY"),
        ({"url": "localhost", "key": "k"}, "no URL"),
        ({"key": "secret"}, "`url`"),
        ({"url": "http://localhost", "key": "k", "key_file": "f"}, "remove one"),
        ({}, "FLAGKIT_URL"),
        ({"file": "f", "dialect": "unlaesh"}, "did you mean `unleash`?"),
        ({"source": "nobody"}, "growthbook"),
        ({"source": "unleash"}, "UNLEASH_SERVER_API_URL"),
        ({"source": "unleash", "url": "http://localhost"}, "`key`"),
        ({"mode": "sometimes", "document": ON}, "`poll`"),
        ({"log": "loud", "document": ON}, "`warn`"),
        ({"start_wait": "2s", "url": "http://localhost", "key": "k"}, "`start_wait`"),
        ({"start_wait": -1, "url": "http://localhost", "key": "k"}, "`start_wait`"),
        ({"client_cert": "c.pem", "url": "http://localhost", "key": "k"}, "client_key"),
        ({"events": "maybe", "document": ON}, "`events`"),
        ({"overrides": ["beta"], "document": ON}, "`overrides`"),
    ],
)
def test_a_mistake_is_raised_when_a_client_is_opened(arguments, said):
    with pytest.raises(flagkit.ConfigurationError) as raised:
        flagkit.Client(**arguments)
    assert said in str(raised.value)
    assert isinstance(raised.value, ValueError)


def test_a_name_that_is_no_argument_is_a_mistake():
    with pytest.raises(TypeError, match="no argument `fiel`.*file"):
        flagkit.Client(fiel="flags.yaml")


def test_a_key_is_in_no_message():
    with pytest.raises(flagkit.ConfigurationError) as raised:
        flagkit.Client(url="http://localhost", key=["very-secret"])
    assert "very-secret" not in str(raised.value)
    client = flagkit.Client(url="http://127.0.0.1:9", key="very-secret", start_wait=0, log="off")
    assert "very-secret" not in repr(client) + repr(client.status()) + str(client.status().last_error)
    client.close()


def test_a_file_is_watched(tmp_path):
    path = tmp_path / "flags.yaml"
    path.write_text("schema: flagkit/1\nflags: {beta: {enabled: false}}")
    with flagkit.Client(file=path) as client:
        assert client.is_enabled("beta") is False
        assert client.status().source == "file"
        path.write_text("schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}")
        wait_until(lambda: client.is_enabled("beta"))


def test_a_server_that_is_not_there_is_no_error():
    begin = time.monotonic()
    client = flagkit.Client(
        url="http://127.0.0.1:9", key="k", start_wait=datetime.timedelta(milliseconds=50), bootstrap=ON, log="off"
    )
    assert time.monotonic() - begin < 20
    assert client.is_enabled("beta") is True
    assert client.status().connected is False
    assert client.wait_ready(0.01) is True
    client.refresh()
    client.close()
    client.close()
    assert client.is_enabled("beta") is True
    other = flagkit.Client(url="http://127.0.0.1:9", key="k", start_wait=0, log="off")
    assert other.wait_ready(0.01) is False
    assert other.boolean_details("beta", None, True).error == "PROVIDER_NOT_READY"


def test_flags_are_replaced_or_stay(client):
    assert client.replace(ON)[0] == "beta"
    with pytest.raises(flagkit.ConfigurationError):
        client.replace("flags: [")
    with pytest.raises(flagkit.ConfigurationError, match="refused for 1 error"):
        client.replace({"schema": "flagkit/1", "flags": {"beta": {"enabled": "perhaps"}}})
    assert client.is_enabled("beta") is True


def test_an_override_holds_until_it_is_taken_back(client):
    client.override_flag("switched-off", True)
    client.override_flag("hero-color", "green")
    client.override_flag("made-up", {"a": [1]})
    assert client.is_enabled("switched-off") is True
    assert client.string("hero-color", None, "red") == "green"
    assert client.json("made-up") == {"a": [1]}
    for key in ("switched-off", "hero-color", "made-up"):
        client.restore_flag(key)
    assert client.is_enabled("switched-off") is False
    assert client.string("hero-color", None, "red") == "blue"
    assert client.json("made-up") is None
    with pytest.raises(flagkit.ConfigurationError):
        client.override_flag("beta", object())


def test_evaluations_are_counted_where_that_is_wanted(client):
    client.count_usage()
    for _ in range(3):
        client.is_enabled("on-for-all")
    client.boolean("no-such-flag")
    metrics = client.metrics()
    assert metrics.evaluations == 4
    assert metrics.evaluations_by_reason["FLAG_NOT_FOUND"] == 1
    assert client.flush(0.01).left >= 0


def test_settings_of_the_environment_count(program):
    assert (
        program(
            """
            import flagkit
            flagkit.init()
            print(flagkit.is_enabled("beta"), flagkit.status().source)
            """,
            FLAGKIT_MODE="offline",
            FLAGKIT_OVERRIDES="beta=true",
        ).split()[1]
        == "defaults"
    )


def test_the_flags_of_the_process(program, tmp_path):
    path = tmp_path / "flags.yaml"
    path.write_text("schema: flagkit/1\nflags: {beta: {enabled: true, rollout_percentage: 100}}")
    said = program(
        """
        import sys, flagkit
        BETA = flagkit.Flag("beta", default=False)
        print(BETA(), flagkit.is_enabled("beta"), flagkit.boolean_details("beta").error)
        client = flagkit.init(file=sys.argv[1])
        assert client is flagkit.client()
        print(BETA(), flagkit.is_enabled("beta", {"user_id": "u-1"}), flagkit.status().source)
        try:
            flagkit.init(file=sys.argv[1])
        except flagkit.ConfigurationError as error:
            print("already" in str(error))
        flagkit.close()
        print(BETA())
        flagkit.init(document={"schema": "flagkit/1", "flags": {}})
        print(BETA(), flagkit.view().keys())
        """,
        str(path),
    )
    assert said.split("\n")[:5] == [
        "False False PROVIDER_NOT_READY",
        "True True file",
        "True",
        "True",
        "False []",
    ]


def test_the_process_can_be_closed_while_it_opens(program):
    said = program(
        """
        import threading, flagkit
        opening = threading.Thread(
            target=lambda: flagkit.init(url="http://127.0.0.1:9", key="k", start_wait=1, log="off"))
        opening.start()
        for _ in range(200):
            flagkit.close()
            flagkit.client().refresh()
        opening.join(20)
        print(opening.is_alive(), flagkit.is_enabled("beta"))
        """
    )
    assert said.split() == ["False", "False"]


def test_a_client_is_not_sent_to_other_processes(client):
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(client)
