from django.apps import AppConfig


class CaptchaConfig(AppConfig):
    name = "portal.captcha"
    # `captcha` is the library's, which holds the table.
    label = "portal_captcha"
    verbose_name = "code de sécurité"

    def ready(self) -> None:
        from portal.captcha import checks  # noqa: F401 (registers itself)
