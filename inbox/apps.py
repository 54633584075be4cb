from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "inbox"
    verbose_name = "Inbox"

    def ready(self) -> None:
        from inbox.actions import tell_of_ceiling, tell_of_new_start
        from jurisdictions.actions.agencies import TELL_OF_CEILING
        from jurisdictions.actions.factors import TELL_OF_LOSS

        TELL_OF_LOSS.append(tell_of_new_start)
        TELL_OF_CEILING.append(tell_of_ceiling)
