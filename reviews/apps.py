from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = "Incidents and reviews"

    def ready(self) -> None:
        """Who can no longer do their work hands it over first, the audit names reviews by their numbers, and the
        codebook says where an item goes: the apps below cannot know what a review is."""
        from dictionary import codebook
        from dictionary.own import differences
        from jurisdictions import audit_words, pages, rules
        from jurisdictions.roles import Permission
        from reviews.facts import REQUIRED
        from reviews.naming import find_by_number, name_incidents, name_reviews
        from reviews.rules.leaving import holds_no_live_review, leaves_no_turn_to_nobody
        from reviews.uses import touched_by, uses_of

        rules.BEFORE_LOSING_ROLES += [holds_no_live_review, leaves_no_turn_to_nobody]
        pages.BESIDE_PEOPLE.append(
            pages.Page(
                "Hand over all of a person’s reviews", "reviews:hand_over", Permission.REVIEW_HAND_OVER
            )
        )
        audit_words.NAMED_BY |= {"review": name_reviews, "incident": name_incidents}
        audit_words.FOUND_BY.append(find_by_number)
        codebook.USES.append(uses_of)
        codebook.REQUIRED_ABOVE |= REQUIRED
        differences.TOUCHED.append(touched_by)
