from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = "Incidents and reviews"

    def ready(self) -> None:
        """Who can no longer do their work hands it over first; the app below cannot know what that is."""
        from jurisdictions import pages, rules
        from jurisdictions.roles import Permission
        from reviews.rules.leaving import holds_no_live_review, leaves_no_turn_to_nobody

        rules.BEFORE_LOSING_ROLES += [holds_no_live_review, leaves_no_turn_to_nobody]
        pages.BESIDE_PEOPLE.append(
            pages.Page(
                "Hand over all of a person's reviews", "reviews:hand_over", Permission.REVIEW_HAND_OVER
            )
        )
