"""Values that are neither text, numbers, booleans, lists nor dicts, in terms of those.

What is not listed here is absent. `str()` of anything would be a value, too, but another one in
each process.
"""

from __future__ import annotations

import datetime
import enum
import fractions
import numbers
import uuid
from collections.abc import Mapping, Set
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """The value as text, number, boolean, list or dict; `None` where it is none of them."""
    if isinstance(value, enum.Enum):
        return _simple(value.value)
    if isinstance(value, datetime.datetime):
        return _instant(value)
    if isinstance(value, (datetime.date, uuid.UUID)):
        return str(value)
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, (numbers.Integral, fractions.Fraction)):
        return int(value) if value.denominator == 1 else float(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Set):
        return list(value)
    return _array(value)


def _simple(value: Any) -> Any:
    """What an enumeration stands for; never another enumeration."""
    if value is None or isinstance(value, enum.Enum):
        return None
    return value if isinstance(value, (str, int, float, list, tuple, dict)) else plain(value)


def _instant(value: datetime.datetime) -> str | None:
    """RFC 3339 in UTC; a time without its zone is no point in time."""
    if value.utcoffset() is None:
        return None
    utc = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return utc.isoformat() + "Z"


def _number(value: Decimal) -> int | float | None:
    if not value.is_finite():
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _array(value: Any) -> Any:
    """Scalars and arrays of NumPy, and whatever else has a `dtype`."""
    if not hasattr(value, "dtype"):
        return None
    if getattr(value, "ndim", None) == 0:
        item = value.item()
        return item if isinstance(item, (bool, int, float, str)) else plain(item)
    return value.tolist() if hasattr(value, "tolist") else None
