"""The native half of the package."""

import os
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final, Generic, Literal, TypedDict, TypeVar, final, overload, type_check_only

from typing_extensions import TypeAlias, disjoint_base

_T = TypeVar("_T")
_D = TypeVar("_D")

_Given: TypeAlias = Mapping[str, Any] | Context | None
_Path: TypeAlias = str | os.PathLike[str] | None
_Seconds: TypeAlias = float | timedelta | None
_Document: TypeAlias = str | bytes | Mapping[str, Any] | None

__all__ = [
    "DIALECTS",
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
    "mended_mail",
    "next_mail",
    "wake_mail",
]

DIALECTS: Final[tuple[str, ...]]
__version__: Final[str]

@type_check_only
class _Settings(TypedDict, total=False):
    """What a client is told. `None` says nothing."""

    file: _Path
    url: str | None
    key: str | None
    key_file: _Path
    document: _Document
    source: Literal["unleash", "launchdarkly", "flagsmith", "configcat", "growthbook", "eppo", "http"] | None
    headers: Mapping[str, str] | None
    dialect: str | None
    environment: str | None
    mode: Literal["stream", "poll", "offline"] | None
    cache_dir: _Path
    start_wait: _Seconds
    poll_interval: _Seconds
    events: bool | None
    hash_targeting_keys: str | None
    application: str | None
    overrides: Mapping[str, Any] | None
    allow_overrides_in_production: bool | None
    proxy: str | None
    ca_file: _Path
    client_cert: _Path
    client_key: _Path
    bootstrap: _Document
    log: Literal["off", "warn", "info"] | None

class ConfigurationError(ValueError):
    """FlagKit cannot work as it was set up: where, what, and how to mend it."""

@final
class Context:
    """An evaluation context that is read once and can be used for many evaluations."""

    def __new__(
        cls,
        targeting_key: str | int | None = None,
        attributes: Mapping[str, Any] | None = None,
        /,
        **more: Any,
    ) -> Context: ...
    def __eq__(self, other: object, /) -> bool: ...
    @property
    def targeting_key(self) -> str | None:
        """The targeting key as text; `None` without one."""

@final
class Details(Generic[_T]):
    """A flag's value and how it came about."""

    @property
    def value(self) -> _T:
        """The flag's value, or the caller's default."""

    @property
    def enabled(self) -> bool:
        """Whether the flag is on for this context."""

    @property
    def variant(self) -> str | None:
        """The name of the variant, if what was served has one."""

    @property
    def reason(self) -> str:
        """Why, by OpenFeature's names: `TARGETING_MATCH`, `SPLIT`, `ERROR` and so on."""

    @property
    def error(self) -> str | None:
        """Why there is no value of the flag's own; `None` if there is."""

    @property
    def rule(self) -> str | None:
        """The id of the rule that decided."""

    @property
    def flag_version(self) -> int | None:
        """The version of the flag, where its flag management system counts."""

    @property
    def metadata(self) -> dict[str, Any]:
        """What the flag carries for whoever evaluates it; a new dict each time."""

    def __class_getitem__(cls, key: Any) -> Any: ...

@disjoint_base
class Evaluator:
    """What answers: a client, or a view of one moment. No call raises or waits."""

    def is_enabled(self, key: str, context: _Given = None) -> bool:
        """Whether the flag is on for this context; `False` where anything is wrong."""

    def is_enabled_details(self, key: str, context: _Given = None) -> Details[bool]:
        """Whether the flag is on, and why."""

    @overload
    def boolean(self, key: str, context: _Given = None) -> bool: ...
    @overload
    def boolean(self, key: str, context: _Given, default: _D) -> bool | _D: ...
    @overload
    def boolean(self, key: str, context: _Given = None, *, default: _D) -> bool | _D: ...
    @overload
    def boolean_details(self, key: str, context: _Given = None) -> Details[bool]: ...
    @overload
    def boolean_details(self, key: str, context: _Given, default: _D) -> Details[bool | _D]: ...
    @overload
    def boolean_details(
        self, key: str, context: _Given = None, *, default: _D
    ) -> Details[bool | _D]: ...
    @overload
    def string(self, key: str, context: _Given = None) -> str: ...
    @overload
    def string(self, key: str, context: _Given, default: _D) -> str | _D: ...
    @overload
    def string(self, key: str, context: _Given = None, *, default: _D) -> str | _D: ...
    @overload
    def string_details(self, key: str, context: _Given = None) -> Details[str]: ...
    @overload
    def string_details(self, key: str, context: _Given, default: _D) -> Details[str | _D]: ...
    @overload
    def string_details(
        self, key: str, context: _Given = None, *, default: _D
    ) -> Details[str | _D]: ...
    @overload
    def integer(self, key: str, context: _Given = None) -> int: ...
    @overload
    def integer(self, key: str, context: _Given, default: _D) -> int | _D: ...
    @overload
    def integer(self, key: str, context: _Given = None, *, default: _D) -> int | _D: ...
    @overload
    def integer_details(self, key: str, context: _Given = None) -> Details[int]: ...
    @overload
    def integer_details(self, key: str, context: _Given, default: _D) -> Details[int | _D]: ...
    @overload
    def integer_details(
        self, key: str, context: _Given = None, *, default: _D
    ) -> Details[int | _D]: ...
    @overload
    def number(self, key: str, context: _Given = None) -> float: ...
    @overload
    def number(self, key: str, context: _Given, default: _D) -> float | _D: ...
    @overload
    def number(self, key: str, context: _Given = None, *, default: _D) -> float | _D: ...
    @overload
    def number_details(self, key: str, context: _Given = None) -> Details[float]: ...
    @overload
    def number_details(self, key: str, context: _Given, default: _D) -> Details[float | _D]: ...
    @overload
    def number_details(
        self, key: str, context: _Given = None, *, default: _D
    ) -> Details[float | _D]: ...
    def json(self, key: str, context: _Given = None, default: Any = ...) -> Any:
        """The value of a flag of any type: a dict or a list, for example."""

    def json_details(self, key: str, context: _Given = None, default: Any = ...) -> Details[Any]:
        """The value of a flag of any type, and why."""

    def evaluate_all(self, context: _Given = None) -> dict[str, Details[Any]]:
        """What every flag serves for this context: details by key."""

    def evaluate_column(
        self, key: str, ids: Iterable[Any], attributes: dict[str, Any] | None = None
    ) -> ColumnAnswer:
        """What one flag serves for many contexts: columns of Arrow or NumPy, or lists."""

    def explain(self, key: str, context: _Given = None) -> str:
        """Every step of an evaluation, for people."""

@final
class ColumnAnswer:
    """What a flag serves in each row."""

    def __len__(self) -> int: ...
    @property
    def enabled(self) -> memoryview:
        """Whether the flag is on, for each row: a memoryview of booleans."""

    @property
    def codes(self) -> memoryview:
        """What is served, for each row: the place in `values`, -1 for the default, errors below."""

    @property
    def values(self) -> list[Any]:
        """The different values that are served."""

    @property
    def variants(self) -> list[str | None]:
        """The names of their variants."""

    @property
    def errors(self) -> list[str]:
        """The errors: -2 is the first one."""

    @property
    def count_enabled(self) -> int:
        """In how many rows the flag is on."""

@disjoint_base
class Client(Evaluator):
    """Flags of one source, kept fresh."""

    def __new__(cls, *, of_process: bool = False, **settings: Any) -> Client: ...
    def _begin(self, **settings: Any) -> None: ...
    def _subscribe(self, id: int) -> Subscription: ...
    @property
    def is_ready(self) -> bool:
        """Whether flags are there, from anywhere."""

    def view(self) -> View:
        """All flags of this moment, for evaluations that belong together."""

    def context(self, attributes: Mapping[str, Any]) -> Context:
        """The evaluation context that this mapping is, in the words of whoever the flags come from."""

    def replace(self, document: str | bytes | Mapping[str, Any]) -> list[str]:
        """Publishes the flags of another document; the keys of those that are different."""

    def override_flag(self, key: str, value: Any) -> None:
        """From now on a flag serves this value on every thread, whatever documents say."""

    def restore_flag(self, key: str) -> None:
        """Ends what `override_flag` began."""

    def wait_ready(self, timeout: float = 2.0) -> bool:
        """Waits for the first flags, at most so many seconds; whether they are there."""

    def flush(self, timeout: float = 2.0) -> Delivered:
        """Tells the server what was counted, and waits for that at most so many seconds."""

    def refresh(self) -> None:
        """Asks the server at once, whatever was planned."""

    def close(self) -> None:
        """Stops following the source, within two seconds; the flags stay as they are."""

    def status(self) -> Status:
        """How the client is doing."""

    def count_usage(self) -> None:
        """Counts evaluations from now on, for `metrics`."""

    def metrics(self) -> Metrics:
        """Numbers of this client for a monitoring system."""

@final
class View(Evaluator):
    """All flags of one moment: two evaluations through one view never come from different versions."""

    @property
    def revision(self) -> int | None:
        """The revision of the document, where its flag management system counts."""

    def keys(self) -> list[str]:
        """The keys of all flags, sorted."""

@final
class Flag(Generic[_T]):
    """A flag with its type and its default, to be called with contexts."""

    @overload
    def __new__(cls, key: str, *, client: Evaluator | None = None) -> Flag[bool]: ...
    @overload
    def __new__(cls, key: str, default: _T, *, client: Evaluator | None = None) -> Flag[_T]: ...
    def __call__(self, context: _Given = None) -> _T:
        """The value for this context; the default, whatever goes wrong."""

    def details(self, context: _Given = None) -> Details[_T]:
        """The value, and why."""

    def is_enabled(self, context: _Given = None) -> bool:
        """Whether the flag is on for this context; `False` where anything is wrong."""

    @property
    def key(self) -> str:
        """The key."""

    @property
    def default(self) -> _T:
        """The default."""

    def __class_getitem__(cls, key: Any) -> Any: ...

@final
class Status:
    """How a client is doing."""

    @property
    def is_ready(self) -> bool: ...
    @property
    def source(self) -> str: ...
    @property
    def version(self) -> str | None: ...
    @property
    def environment(self) -> str | None: ...
    @property
    def dialect(self) -> str: ...
    @property
    def age(self) -> float | None: ...
    @property
    def connected(self) -> bool: ...
    @property
    def last_error(self) -> str | None: ...
    @property
    def publications(self) -> int: ...
    @property
    def revision(self) -> int | None: ...
    @property
    def diagnostics(self) -> list[str]: ...
    @property
    def last_problem(self) -> str | None: ...

@final
class Delivered:
    """What the server has of what was counted, and what is left."""

    @property
    def evaluations(self) -> int: ...
    @property
    def left(self) -> int: ...
    @property
    def exposures_left(self) -> int: ...

@final
class Metrics:
    """Numbers of a client for a monitoring system."""

    @property
    def evaluations(self) -> int: ...
    @property
    def evaluations_by_reason(self) -> dict[str, int]: ...
    @property
    def defaults(self) -> int: ...
    @property
    def errors(self) -> int: ...
    @property
    def evaluations_unreported(self) -> int: ...
    @property
    def exposures_waiting(self) -> int: ...
    @property
    def exposures_dropped(self) -> int: ...
    @property
    def reports_sent(self) -> int: ...
    @property
    def reports_failed(self) -> int: ...
    @property
    def reports_lost(self) -> int: ...
    @property
    def publications(self) -> int: ...
    @property
    def is_connected(self) -> bool: ...
    @property
    def version(self) -> str | None: ...
    @property
    def age(self) -> float | None: ...

@final
class Subscription:
    @property
    def id(self) -> int: ...
    def close(self) -> None: ...

def next_mail(seconds: float) -> list[tuple[int | None, str, list[str], int | None]]: ...
def wake_mail() -> None: ...
def mended_mail() -> None: ...
