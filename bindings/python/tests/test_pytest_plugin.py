"""The plugin for pytest, which is loaded because the package is installed."""

from __future__ import annotations

import threading

import pytest

import flagkit

NEW = flagkit.Flag("new-checkout", default=False)


@pytest.mark.flags({"new-checkout": True, "hero-color": "red"})
@pytest.mark.flags(beta=True)
def test_marks_set_flags_on_every_thread():
    seen = []
    thread = threading.Thread(target=lambda: seen.append(flagkit.is_enabled("beta")))
    thread.start()
    thread.join()
    assert seen == [True]
    assert NEW({"user_id": "u-1"}) is True
    assert flagkit.string("hero-color", None, "blue") == "red"


def test_nothing_is_left_of_another_test():
    assert flagkit.is_enabled("beta") is False
    assert NEW() is False
    assert flagkit.string("hero-color", None, "blue") == "blue"


@pytest.mark.flags(beta=True)
class TestInside:
    @pytest.mark.flags(beta=False)
    def test_the_nearest_mark_counts(self):
        assert flagkit.is_enabled("beta") is False

    def test_marks_of_a_class_count(self):
        assert flagkit.is_enabled("beta") is True


def test_the_fixture_sets_flags(flags, client):
    flags.set("beta", True)
    flags.update({"hero-color": "red"}, limit=5)
    flags.set("switched-off", True, client=client)
    assert flagkit.is_enabled("beta") and client.is_enabled("switched-off")
    assert flagkit.string("hero-color") == "red" and flagkit.integer("limit") == 5
    flags.clear()
    assert not flagkit.is_enabled("beta") and not client.is_enabled("switched-off")


def test_the_plugin_needs_no_setup(program, tmp_path):
    path = tmp_path / "test_of_an_application.py"
    path.write_text(
        "import flagkit, pytest\n"
        "@pytest.mark.flags(beta=True)\n"
        "def test_on(): assert flagkit.is_enabled('beta')\n"
        "def test_off(): assert not flagkit.is_enabled('beta')\n"
        "def test_set(flags): flags.set('beta', True); assert flagkit.is_enabled('beta')\n"
    )
    said = program(
        """
        import pytest, sys
        sys.exit(pytest.main(["-q", "--strict-markers", "-p", "no:cacheprovider", sys.argv[1]]))
        """,
        str(path),
    )
    assert "3 passed" in said
