"""What other software sends: one JSON object, or one file as it is."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, FileUploadParser
from rest_framework.renderers import BaseRenderer

from jurisdictions.api.problems import ApiProblem, Kind

BODY_BYTES = 2_500_000
DEPTH = 20


def check_length(said: str, most: int) -> None:
    """Before anything is read. Raises ApiProblem."""
    if said.isascii() and said.isdigit() and len(said) < 19 and int(said) <= most:
        return
    raise ApiProblem(Kind.TOO_LARGE, f"At most {most / 1_000_000:g} MB can come in one request.")


class JsonBody(BaseParser):
    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        request = (parser_context or {})["request"]
        check_length(request.META.get("CONTENT_LENGTH") or "0", BODY_BYTES)
        try:
            sent = json.loads(stream.read(BODY_BYTES), parse_constant=_no_number)
        except (ValueError, RecursionError) as error:  # also brackets in brackets without end
            raise ParseError("This is not JSON that can be read.") from error
        if not isinstance(sent, dict):
            raise ParseError("Send one JSON object.")
        if _depth(sent) > DEPTH:
            raise ParseError(f"Send at most {DEPTH} levels within one another.")
        return sent


def _no_number(text: str) -> None:
    raise ValueError(text)


def _depth(sent: Any) -> int:
    deep, level = 0, [sent]
    while level:
        deep += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
    return deep


class FileBody(FileUploadParser):
    """A file as the whole body; its name stands in Content-Disposition, because addresses are written into logs."""

    media_type = "*/*"
    errors = {
        "unhandled": "The file could not be read.",
        "no_filename": "Name the file: Content-Disposition: attachment; filename=past-incidents.csv",
    }


class Json(BaseRenderer):
    """Compact, and as it is: no escaping beyond what JSON asks for."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str).encode(
            "utf-8", "backslashreplace"
        )


class AlwaysJson(BaseContentNegotiation):
    """The API speaks JSON whatever is asked for, and hands out files as what they are."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        given = (request.content_type or "").partition(";")[0].strip().lower()
        return next((one for one in parsers if one.media_type in (given, "*/*")), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type
