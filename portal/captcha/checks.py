"""What must never reach a town's server."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def check_test_mode(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse the library's test mode, even in tests: ours read the answer in the database."""
    if not getattr(settings, "CAPTCHA_TEST_MODE", False):
        return []
    return [
        Error(
            "CAPTCHA_TEST_MODE accepts the word « passed » for any code.",
            hint="Remove it from the settings; tests call tests.portal.captcha.helpers.solve.",
            id="portal_captcha.E001",
        )
    ]
