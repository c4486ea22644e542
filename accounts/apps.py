from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Comptes et services"

    def ready(self) -> None:
        from accounts import subscribers

        subscribers.register()
