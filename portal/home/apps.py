from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "portal.home"
    verbose_name = "accueil"

    def ready(self) -> None:
        from portal.home import subscribers

        subscribers.register()
