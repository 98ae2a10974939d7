"""The order of the Swedish alphabet: å ä ö after z."""

_LAST = str.maketrans({"å": "{", "ä": "|", "ö": "}", "é": "e", "ü": "y"})


def sort_key(text: str) -> str:
    """A key to sort names by."""
    return text.casefold().translate(_LAST)
