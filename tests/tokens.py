"""Other software, as tests send it: a client that shows a token and nothing else."""

import json
from typing import Any

from django.test import Client

from jurisdictions.actions.tokens import make_token
from jurisdictions.models import ApiToken, Jurisdiction, User
from tests.cast import member

EVERY = tuple(str(scope) for scope in ApiToken.Scope)


def give_token(user: User, agency: Jurisdiction, *scopes: str) -> str:
    """The text of a token of this person's; of every scope, where none is named."""
    return make_token(member(user, agency), name="A register", scopes=scopes or EVERY, days=90)[1]


class Software(Client):
    """Sends JSON with a token; an error is an answer of 500, as it is to others."""

    def __init__(self, token: str = "", **more: Any) -> None:
        shown = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
        super().__init__(raise_request_exception=False, **shown, **more)

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        told = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return self.generic(method.upper(), path, **told, **more)


def software(user: User, agency: Jurisdiction, *scopes: str) -> Software:
    return Software(give_token(user, agency, *scopes))
