"""Refusals of the practice Vitec: a status and the JSON body that goes with it."""

Errors = dict[str, list[str]]

DENIED = "Authorization has been denied for this request."
FORBIDDEN = "Behörighet saknas för den begärda informationen."
NOT_FOUND = "Det som efterfrågades finns inte."


class Problem(Exception):
    """A call that is answered with *status* and a JSON body instead of a result."""

    def __init__(self, status: int, body: object) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


def invalid(errors: Errors) -> Problem:
    """Return the 400 of ASP.NET Web API: field path to Swedish texts."""
    return Problem(400, {"message": "The request is invalid.", "modelState": errors})


def invalid_field(field: str, text: str) -> Problem:
    """Return a 400 about one field."""
    return invalid({field: [text]})


def forbidden() -> Problem:
    """Return the 403 for data that the login has no right to."""
    return Problem(403, {"message": FORBIDDEN})


def not_found(text: str = NOT_FOUND) -> Problem:
    """Return the 404 for an unknown id."""
    return Problem(404, {"message": text})
