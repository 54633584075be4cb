"""The door for other software: one person's token, one agency, JSON.

`door` states what each method of an address asks for and answers; `Api` is the class that every address extends.
"""

from jurisdictions.api.door import Api, ApiRequest, Door, door, may_read
from jurisdictions.api.problems import ApiProblem, Kind, Shown, refused
from jurisdictions.api.shapes import Shape, take

__all__ = [
    "Api",
    "ApiProblem",
    "ApiRequest",
    "Door",
    "Kind",
    "Shape",
    "Shown",
    "door",
    "may_read",
    "refused",
    "take",
]
