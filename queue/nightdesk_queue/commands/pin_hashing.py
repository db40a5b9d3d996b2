"""The argon2 hash of a PIN. It takes a twentieth of a second on purpose, so it is never made inside a transaction."""

from __future__ import annotations

from nightdesk_queue.domain.records import Record
from nightdesk_queue.rules.pins import digits_of, good_pin
from nightdesk_queue.store.damage import damaged


class HashedPin(Record):
    """A PIN that is good enough, as it may be kept."""

    hash: str


def hashed(typed: str) -> HashedPin:
    """Return a new PIN as it may be kept. Raises Refused: weak_pin."""
    digits = good_pin(typed)
    # imported here: no other command waits for it
    from argon2 import PasswordHasher  # noqa: PLC0415

    return HashedPin(PasswordHasher().hash(digits))


def is_pin(typed: str, kept: str) -> bool:
    """Whether what was typed is the PIN of a hash. Raises Fault for what is no hash."""
    digits = digits_of(typed)
    if digits is None:
        return False
    # imported here: no other command waits for it
    from argon2 import PasswordHasher  # noqa: PLC0415
    from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError  # noqa: PLC0415

    try:
        return PasswordHasher().verify(kept, digits)
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError) as error:
        raise damaged("pins", error) from error
