from django.apps import AppConfig


class DemarchesConfig(AppConfig):
    name = "demarches"
    verbose_name = "Démarches et demandes"

    def ready(self) -> None:
        from demarches import subscribers

        subscribers.register()
