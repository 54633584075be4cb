"""Pages about an agency's people that lie in an app above this one."""

from dataclasses import dataclass

from jurisdictions.roles import Permission


@dataclass(frozen=True)
class Page:
    label: str
    route: str  # takes the agency's slug
    permission: Permission


# Shown on the page People to whoever may open them. An app above adds its own in its AppConfig.ready().
BESIDE_PEOPLE: list[Page] = [
    Page("Tokens of other software", "people:tokens", Permission.AGENCY_MANAGE_PEOPLE)
]
