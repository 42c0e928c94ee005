"""A provider for applications that ask through OpenFeature's SDK: `pip install flagkit[openfeature]`.

    from openfeature import api
    from flagkit.openfeature import Provider

    api.set_provider_and_wait(Provider(file="flags.yaml"))
    api.get_client().get_boolean_value("new-checkout", False, EvaluationContext("u-42", {"country": "DE"}))

Contexts are put into the words of whoever the flags come from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Optional, TypeVar

from openfeature.evaluation_context import EvaluationContext
from openfeature.event import ProviderEvent, ProviderEventDetails
from openfeature.exception import ErrorCode, ProviderNotReadyError
from openfeature.flag_evaluation import FlagResolutionDetails
from openfeature.provider import AbstractProvider, Metadata
from openfeature.track import TrackingEventDetails

from . import _mail
from ._client import Client, Subscription
from ._flagkit import Context, Details, Status

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._flagkit import _Settings

_T = TypeVar("_T")
_Tracked = Callable[[str, Optional[EvaluationContext], Optional[TrackingEventDetails]], object]


class Provider(AbstractProvider):
    """Answers OpenFeature's clients.

    Over a client of the application, or over one of its own that is opened as the other arguments
    say and closed with the provider. `on_track` is called for every tracking event: FlagKit keeps
    none itself.

    Emits `PROVIDER_CONFIGURATION_CHANGED` with the keys of flags that have changed, `PROVIDER_STALE`
    when the server is not there any more, and `PROVIDER_READY` when it is there again.
    """

    def __init__(
        self,
        client: Optional[Client] = None,
        *,
        on_track: Optional[_Tracked] = None,
        ready_timeout: float = 5.0,
        **settings: Unpack[_Settings],
    ) -> None:
        super().__init__()
        self._is_own = client is None
        self._client = Client(**settings) if client is None else client
        self._on_track = on_track
        self._ready_timeout = ready_timeout
        self._subscription: Optional[Subscription] = None
        self._watcher: Optional[_mail.Watcher] = None
        self._state: Optional[ProviderEvent] = None
        self._set: dict[str, Any] = {}

    @property
    def client(self) -> Client:
        """The client that answers."""
        return self._client

    def get_metadata(self) -> Metadata:
        return Metadata(name="flagkit")

    def initialize(self, evaluation_context: EvaluationContext) -> None:
        """Waits for the first flags, a few seconds at most."""
        if self._subscription is None:
            self._subscription = self._client.on_change(self._changed)
        is_ready = self._client.wait_ready(self._ready_timeout)
        self._remember(self._client.status())
        # What the SDK tells of this by itself; from here on, what is different is told.
        ready, failed = ProviderEvent.PROVIDER_READY, ProviderEvent.PROVIDER_ERROR
        self._state = ready if is_ready else failed
        if self._watcher is None:
            self._watcher = _mail.Watcher(self._look)
        if not is_ready:
            raise ProviderNotReadyError("there are no flags yet")

    def shutdown(self) -> None:
        subscription, self._subscription = self._subscription, None
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.close()
        if subscription is not None:
            subscription.close()
        if self._is_own:
            self._client.close()

    def track(
        self,
        tracking_event_name: str,
        evaluation_context: Optional[EvaluationContext] = None,
        tracking_event_details: Optional[TrackingEventDetails] = None,
    ) -> None:
        if self._on_track is not None:
            self._on_track(tracking_event_name, evaluation_context, tracking_event_details)

    def resolve_boolean_details(
        self,
        flag_key: str,
        default_value: bool,
        evaluation_context: Optional[EvaluationContext] = None,
    ) -> FlagResolutionDetails[bool]:
        found = self._client.boolean_details(flag_key, _context(evaluation_context), _NOTHING)
        return self._resolved(flag_key, found, default_value, "a boolean")

    def resolve_string_details(
        self,
        flag_key: str,
        default_value: str,
        evaluation_context: Optional[EvaluationContext] = None,
    ) -> FlagResolutionDetails[str]:
        found = self._client.string_details(flag_key, _context(evaluation_context), _NOTHING)
        return self._resolved(flag_key, found, default_value, "text")

    def resolve_integer_details(
        self,
        flag_key: str,
        default_value: int,
        evaluation_context: Optional[EvaluationContext] = None,
    ) -> FlagResolutionDetails[int]:
        found = self._client.integer_details(flag_key, _context(evaluation_context), _NOTHING)
        return self._resolved(flag_key, found, default_value, "an integer of 64 bits")

    def resolve_float_details(
        self,
        flag_key: str,
        default_value: float,
        evaluation_context: Optional[EvaluationContext] = None,
    ) -> FlagResolutionDetails[float]:
        context = _context(evaluation_context)
        found = self._client.number_details(flag_key, context, _NOTHING)
        kind = "a number that a float can say exactly"
        if isinstance(found.value, float) and abs(found.value) >= _EXACT_MAX:
            # An integer beyond what floats tell apart may have been rounded.
            if self._client.json(flag_key, context) != found.value:
                return _failed(flag_key, default_value, "TYPE_MISMATCH", kind)
        return self._resolved(flag_key, found, default_value, kind)

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Sequence[Any] | Mapping[str, Any],
        evaluation_context: Optional[EvaluationContext] = None,
    ) -> FlagResolutionDetails[Sequence[Any] | Mapping[str, Any]]:
        found = self._client.json_details(flag_key, _context(evaluation_context), _NOTHING)
        if found.value is not _NOTHING and not isinstance(found.value, (dict, list)):
            return _failed(flag_key, default_value, "TYPE_MISMATCH", "an object or a list")
        return self._resolved(flag_key, found, default_value, "an object or a list")

    def _resolved(
        self, key: str, found: Details[Any], default: _T, kind: str
    ) -> FlagResolutionDetails[_T]:
        if found.error is not None:
            return _failed(key, default, found.error, kind)
        return FlagResolutionDetails(
            value=default if found.value is _NOTHING else found.value,
            reason=found.reason,
            variant=found.variant,
            flag_metadata=self._metadata(found),
        )

    def _metadata(self, found: Details[Any]) -> dict[str, bool | int | float | str]:
        """The flag's own, and which flags answered; see docs/python.md."""
        metadata = {name: _flat(value) for name, value in found.metadata.items() if value is not None}
        known = self._set
        if known.get("environment") is not None:
            metadata["flagSetId"] = known["environment"]
        counted = known.get("version") or metadata.get("version")
        if counted is None:
            number = found.flag_version if found.flag_version is not None else known.get("revision")
            counted = None if number is None else str(number)
        if counted is not None:
            metadata["version"] = counted
        if found.rule is not None:
            metadata["rule"] = found.rule
        return metadata

    def _changed(self, change: _mail.Change) -> None:
        self._look()
        details = ProviderEventDetails(flags_changed=list(change.flags))
        self.emit_provider_configuration_changed(details)

    def _look(self) -> None:
        """Tells when the state has changed since the last look."""
        status = self._client.status()
        self._remember(status)
        state = _state(status)
        before, self._state = self._state, state
        if before is None or state is before:
            return
        self.emit(state, ProviderEventDetails(message=status.last_error))

    def _remember(self, status: Status) -> None:
        """Which flags answer from now on."""
        self._set = {
            "environment": status.environment,
            "version": status.version,
            "revision": status.revision,
        }


def _state(status: Status) -> ProviderEvent:
    if not status.is_ready:
        return ProviderEvent.PROVIDER_ERROR
    follows = status.source in ("live", "cache")
    if (follows and not status.connected) or status.last_error is not None:
        return ProviderEvent.PROVIDER_STALE
    return ProviderEvent.PROVIDER_READY


def _context(context: Optional[EvaluationContext]) -> Optional[Context]:
    if context is None:
        return None
    key = context.targeting_key
    if key is None:
        return Context(None, context.attributes)
    return Context(key, context.attributes, targetingKey=key)


def _failed(key: str, default: _T, code: str, kind: str) -> FlagResolutionDetails[_T]:
    words = {
        "PROVIDER_NOT_READY": "there are no flags yet",
        "FLAG_NOT_FOUND": f"there is no flag `{key}`",
        "PARSE_ERROR": f"`{key}` is malformed; the status of the client says what is wrong with it",
        "TYPE_MISMATCH": f"`{key}` does not serve {kind}",
        "TARGETING_KEY_MISSING": f"`{key}` needs a targeting key",
        "INVALID_CONTEXT": f"`{key}` cannot be evaluated for this context",
    }
    return FlagResolutionDetails(
        value=default,
        reason="ERROR",
        error_code=ErrorCode(code),
        error_message=words.get(code, f"`{key}` cannot be evaluated: {code}"),
    )


def _flat(value: Any) -> bool | int | float | str:
    """OpenFeature's metadata is flat: lists and objects are compact JSON."""
    if isinstance(value, (bool, int, float, str)):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


_NOTHING: Any = object()
# Up to here a float tells every integer from its neighbours.
_EXACT_MAX = 2.0**53
