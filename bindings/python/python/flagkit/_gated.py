"""Functions that run if a flag is on."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Optional, TypeVar, Union, cast

from ._flagkit import Context, Evaluator
from ._process import client as _of_process

_F = TypeVar("_F", bound=Callable[..., Any])
_Given = Union[Context, dict[str, Any], Callable[..., Any], None]


def gated(
    key: str,
    *,
    otherwise: Optional[Callable[..., Any]] = None,
    context: _Given = None,
    client: Optional[Evaluator] = None,
) -> Callable[[_F], _F]:
    """Calls the decorated function if the flag is on, and `otherwise` if it is not.

    Both get the same arguments. Without `otherwise`, the answer is `None` where the flag is off.
    `context` is an evaluation context, or a function of the same arguments that returns one;
    without it, the argument called `context` is used where the function has one. Functions may be
    asynchronous; then `otherwise` may be, too.

        @flagkit.gated("new-checkout", otherwise=old_checkout, context=lambda order: order.user)
        def new_checkout(order): ...
    """
    asked = client if client is not None else _of_process()

    def decorate(function: _F) -> _F:
        find = _finder(function, context)
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def asynchronous(*args: Any, **kwargs: Any) -> Any:
                if asked.is_enabled(key, find(args, kwargs)):
                    return await function(*args, **kwargs)
                answer = None if otherwise is None else otherwise(*args, **kwargs)
                return await answer if inspect.isawaitable(answer) else answer

            return cast(_F, asynchronous)

        @functools.wraps(function)
        def synchronous(*args: Any, **kwargs: Any) -> Any:
            if asked.is_enabled(key, find(args, kwargs)):
                return function(*args, **kwargs)
            return None if otherwise is None else otherwise(*args, **kwargs)

        return cast(_F, synchronous)

    return decorate


def _finder(function: Callable[..., Any], context: _Given) -> Callable[[Any, Any], Any]:
    """How the context of a call is found."""
    if callable(context):
        return lambda args, kwargs: context(*args, **kwargs)
    if context is not None:
        return lambda args, kwargs: context
    names = list(inspect.signature(function).parameters)
    if "context" not in names:
        return lambda args, kwargs: None
    place = names.index("context")
    return lambda args, kwargs: args[place] if place < len(args) else kwargs.get("context")
