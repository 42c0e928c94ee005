"""One flag for many contexts: columns of Arrow and NumPy, lists, and buffers that come out."""

from __future__ import annotations

import pytest

import flagkit

DOCUMENT = {
    "schema": "flagkit/1",
    "flags": {
        "half": {"enabled": True, "rollout_percentage": 50},
        "rich": {
            "enabled": True,
            "rollout_percentage": 0,
            "targeting_rules": [{"id": "r", "when": 'plan == "pro" and (seats > 10 or vip == true)'}],
        },
        "color": {
            "enabled": True,
            "rollout_percentage": 100,
            "variants": {"red": {"value": "r", "weight": 1}, "blue": {"value": "b", "weight": 1}},
        },
    },
}
ROWS = 1000
IDS = [f"user-ü{n}" for n in range(ROWS)]
PLANS = [["pro", "free", None][n % 3] for n in range(ROWS)]
SEATS = [n % 20 for n in range(ROWS)]
VIPS = [n % 7 == 0 for n in range(ROWS)]


@pytest.fixture(scope="module")
def flags() -> flagkit.Client:
    return flagkit.Client(document=DOCUMENT)


def one_by_one(flags: flagkit.Client, key: str) -> list[bool]:
    rows = zip(IDS, PLANS, SEATS, VIPS)
    return [
        flags.is_enabled(key, {"user_id": i, "plan": p, "seats": s, "vip": v}) for i, p, s, v in rows
    ]


def test_lists_are_columns(flags):
    for key in ("half", "rich"):
        answer = flags.evaluate_column(key, IDS, {"plan": PLANS, "seats": tuple(SEATS), "vip": VIPS})
        assert list(answer.enabled) == one_by_one(flags, key)
        assert len(answer) == ROWS and answer.count_enabled == sum(answer.enabled)
    assert 0 < answer.count_enabled < ROWS


@pytest.mark.parametrize("text", ["string", "large_string"])
@pytest.mark.parametrize("number", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"])
def test_arrays_of_arrow_are_columns(flags, text, number):
    pyarrow = pytest.importorskip("pyarrow")
    ids = pyarrow.array(IDS, getattr(pyarrow, text)())
    columns = {
        "plan": pyarrow.array(PLANS, getattr(pyarrow, text)()),
        "seats": pyarrow.array(SEATS).cast(getattr(pyarrow, number)()),
        "vip": pyarrow.array(VIPS),
    }
    expected = one_by_one(flags, "rich")
    assert list(flags.evaluate_column("rich", ids, columns).enabled) == expected
    # A part of an array begins behind the beginning of its memory.
    parts = {name: column[123:456] for name, column in columns.items()}
    assert list(flags.view().evaluate_column("rich", ids[123:456], parts).enabled) == expected[123:456]
    assert list(flags.evaluate_column("half", ids[5:]).enabled) == one_by_one(flags, "half")[5:]


def test_other_arrays_of_arrow_are_read_as_lists(flags):
    pyarrow = pytest.importorskip("pyarrow")
    columns = {
        "plan": pyarrow.array(PLANS).dictionary_encode(),
        "seats": pyarrow.array(SEATS),
        "vip": pyarrow.array(VIPS),
    }
    expected = one_by_one(flags, "rich")
    assert list(flags.evaluate_column("rich", pyarrow.array(IDS), columns).enabled) == expected
    chunked = pyarrow.chunked_array([IDS[:500], IDS[500:]])
    assert list(flags.evaluate_column("rich", chunked, columns).enabled) == expected


@pytest.mark.parametrize("number", ["int8", "int32", "int64", "uint16", "uint64", "float32", "float64", ">i4"])
def test_arrays_of_numpy_are_columns(flags, number):
    numpy = pytest.importorskip("numpy")
    ids, plans = numpy.array(IDS), numpy.array(PLANS, dtype=object)
    columns = {"plan": plans, "seats": numpy.array(SEATS, dtype=number), "vip": numpy.array(VIPS)}
    expected = one_by_one(flags, "rich")
    assert list(flags.evaluate_column("rich", ids, columns).enabled) == expected
    # Every other row: there are gaps between them.
    parts = {name: column[::2] for name, column in columns.items()}
    assert list(flags.evaluate_column("rich", ids[::2], parts).enabled) == expected[::2]
    by_number = flags.evaluate_column("half", numpy.arange(ROWS))
    assert list(by_number.enabled) == [flags.is_enabled("half", {"user_id": n}) for n in range(ROWS)]


def test_what_comes_out_is_not_copied(flags):
    numpy = pytest.importorskip("numpy")
    answer = flags.evaluate_column("color", IDS)
    enabled, codes = numpy.asarray(answer.enabled), numpy.asarray(answer.codes)
    assert enabled.dtype == bool and codes.dtype == numpy.int32
    assert not enabled.flags.owndata and not codes.flags.owndata
    assert sorted(answer.values) == ["b", "r"] and sorted(answer.variants) == ["blue", "red"]
    colors = numpy.array(answer.values)[codes]
    assert list(colors) == [flags.string("color", {"user_id": i}, "") for i in IDS]


def test_errors_have_numbers_of_their_own(flags):
    answer = flags.evaluate_column("no-such-flag", IDS[:3])
    assert list(answer.codes) == [-2, -2, -2]
    assert answer.errors == ["FLAG_NOT_FOUND"] and answer.values == []
    assert list(answer.enabled) == [False] * 3


def test_rows_that_are_not_there_are_absent(flags):
    answer = flags.evaluate_column("rich", IDS[:10], {"plan": ["pro"] * 3, "seats": [99] * 10})
    assert list(answer.enabled) == [True] * 3 + [False] * 7
    assert len(flags.evaluate_column("rich", [])) == 0
    numpy = pytest.importorskip("numpy")
    assert len(flags.evaluate_column("rich", numpy.array([], dtype="int64"))) == 0


@pytest.mark.parametrize("column", [5, "text", {"a": 1}, None])
def test_what_is_no_column_is_a_mistake(flags, column):
    with pytest.raises(TypeError, match="a column is wanted"):
        flags.evaluate_column("half", column)
    with pytest.raises(TypeError, match="`plan`"):
        flags.evaluate_column("half", IDS, {"plan": column})


def test_arrow_without_memory_is_read(flags):
    pyarrow = pytest.importorskip("pyarrow")
    for kind in (pyarrow.string(), pyarrow.int64(), pyarrow.bool_()):
        assert len(flags.evaluate_column("half", pyarrow.array([], kind))) == 0
        nulls = pyarrow.array([None] * 5, kind)
        assert len(flags.evaluate_column("half", nulls)) == 5
