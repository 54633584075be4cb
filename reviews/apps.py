from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = "Incidents and reviews"

    def ready(self) -> None:
        """Who leaves an agency hands over what they hold; the app below cannot know what that is."""
        from jurisdictions import rules
        from reviews.rules.leaving import holds_no_live_review

        rules.BEFORE_REMOVING.append(holds_no_live_review)
