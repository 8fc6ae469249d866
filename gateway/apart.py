"""Work done in a process that ends with it, so that what it needs does not stay in a daemon."""

import os
import pickle
from collections.abc import Callable
from threading import active_count
from typing import TypeVar

_Result = TypeVar("_Result")
_DONE, _FAILED = 0, 1


def apart(work: Callable[[], _Result]) -> _Result:
    """Do work that holds nothing open, and give what it gives, which can be pickled.

    Where other threads run, whose locks a copy of the process would inherit, it is done here. So it
    is where the copy fails: what is wrong is raised here, with all that there is to know of it.
    """
    if active_count() > 1:
        return work()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _in_child(work, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    _, status = os.waitpid(child, 0)
    if status != _DONE:
        return work()
    result: _Result = pickle.loads(content)  # noqa: S301  what our own copy wrote
    return result


def _in_child(work: Callable[[], object], writing: int) -> None:
    code = _FAILED
    try:
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(work(), pipe)
        code = _DONE
    finally:
        os._exit(code)
