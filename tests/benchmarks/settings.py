"""Settings of the reference server: database, sessions, language of Parvis, in a plain project.

Our own server runs `portal.settings` untouched, as in production.
"""

from portal.settings import *  # noqa: F403
from tests.benchmarks.reference.conf import *  # noqa: F403
