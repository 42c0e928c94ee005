"""Feature flags: targeting, percentages, variants and safe live updates.

    import flagkit

    flagkit.init(file="flags.yaml")
    if flagkit.is_enabled("new-checkout", {"user_id": "u-42", "country": "DE"}):
        ...

An evaluation never raises and never waits: whatever is wrong, it returns the default of its
caller, and the same call with `_details` says why. See docs/python.md for everything.
"""

from __future__ import annotations

from ._client import Changes, Client, Subscription
from ._flagkit import (
    DIALECTS,
    ColumnAnswer,
    ConfigurationError,
    Context,
    Delivered,
    Details,
    Evaluator,
    Flag,
    Metrics,
    Status,
    View,
    __version__,
)
from ._gated import gated
from ._mail import Change
from ._process import (
    boolean,
    boolean_details,
    client,
    close,
    context,
    evaluate_all,
    evaluate_column,
    explain,
    flush,
    init,
    integer,
    integer_details,
    is_enabled,
    is_enabled_details,
    json,
    json_details,
    metrics,
    number,
    number_details,
    on_change,
    status,
    string,
    string_details,
    view,
    wait_ready,
)

__all__ = [
    "DIALECTS",
    "Change",
    "Changes",
    "Client",
    "ColumnAnswer",
    "ConfigurationError",
    "Context",
    "Delivered",
    "Details",
    "Evaluator",
    "Flag",
    "Metrics",
    "Status",
    "Subscription",
    "View",
    "__version__",
    "boolean",
    "boolean_details",
    "client",
    "close",
    "context",
    "evaluate_all",
    "evaluate_column",
    "explain",
    "flush",
    "gated",
    "init",
    "integer",
    "integer_details",
    "is_enabled",
    "is_enabled_details",
    "json",
    "json_details",
    "metrics",
    "number",
    "number_details",
    "on_change",
    "status",
    "string",
    "string_details",
    "view",
    "wait_ready",
]
