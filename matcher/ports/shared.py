"""Lists that many callers hold at once."""

from __future__ import annotations

from typing import NoReturn, TypeVar

T = TypeVar("T")


class Shared(list[T]):
    """A list that everybody is handed as it is, and that therefore refuses to be changed.

    Being the same object it has the same content: what was worked out of it may be kept by its identity.
    """

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this list is shared by every call; copy it first")

    append = extend = insert = pop = remove = clear = sort = reverse = _refuse
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse

    def __reduce__(self) -> tuple[type[Shared[T]], tuple[list[T]]]:
        """Sent to another process it is made there anew, never filled line by line."""
        return type(self), (list(self),)
