"""What PostgreSQL refuses, told as a rule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from portal.kernel.errors import Refusal


@contextmanager
def refuse_on(constraint: str, refusal: Refusal) -> Iterator[None]:
    """Run the block in a savepoint; a breach of the named constraint, and of no other, raises
    `refusal`.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnostic = getattr(error.__cause__, "diag", None)
        if getattr(diagnostic, "constraint_name", None) != constraint:
            raise
        raise refusal from error
