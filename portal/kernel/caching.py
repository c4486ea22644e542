"""Data kept in process memory under a version row, so that every process sees a change at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from portal.kernel.models import CacheVersion

T = TypeVar("T")


class VersionedCache(Generic[T]):
    """The result of `load`, built again when the version row has moved (one query to know)."""

    def __init__(self, name: str, load: Callable[[], T]) -> None:
        self.name = name
        self._load = load
        self._held: tuple[int, T] | None = None

    def get(self) -> T:
        """Return the current value; costs one query, and those of `load` after a change."""
        # Read before loading: data that changes in between is loaded again at the next request.
        rows = CacheVersion.objects.filter(name=self.name).values_list("version", flat=True)
        version = next(iter(rows), 0)  # no row yet: nothing was ever written
        held = self._held
        if held is not None and held[0] == version:
            return held[1]
        value = self._load()
        self._held = (version, value)
        return value
