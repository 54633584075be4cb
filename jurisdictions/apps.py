from django.apps import AppConfig


class JurisdictionsConfig(AppConfig):
    name = "jurisdictions"
    verbose_name = "Agencies and people"

    def ready(self) -> None:
        from jurisdictions import checks  # noqa: F401
