"""JSON lines with a request id; ids only, never what anybody wrote."""

import logging

import structlog


def json_formatter() -> logging.Formatter:
    """The formatter of every log line, our own and those of the libraries.

    Tracebacks keep file, line and type; the values of local variables are never printed.
    """
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _exception_without_values,
            structlog.processors.JSONRenderer(),
        ],
    )


def _exception_without_values(
    logger: object, name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Name the exception and where it rose, not its message: a database error quotes the row."""
    record = event.pop("_record", None)
    error = event.pop("exc_info", None) or getattr(record, "exc_info", None)
    if isinstance(error, tuple) and error[0] is not None:
        frames, trace = [], error[2]
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        event["error"] = error[0].__name__
        event["where"] = frames[-12:]
    event.pop("exception", None)
    for words in ("request", "message"):  # both name the address, with whatever somebody searched for
        event.pop(words, None)
    if str(event.get("logger", "")).startswith(("django.request", "django.security")):
        event["event"] = (
            f"answered {event.get('status_code', 'with an error')}"  # the message names the address
        )
    return event
