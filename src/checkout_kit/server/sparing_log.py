"""A log that a stranger cannot fill: so many warnings of one kind a minute, and a word about the rest."""

import logging
from typing import Final

_MINUTE_S: Final = 60
_MOST_KINDS: Final = 1000


class Sparing(logging.Filter):
    """Lets `per_minute` warnings of one wording through, and says with the last that more are left out.

    Refused call-backs are the case in mind: anybody may send them, as fast as they like, and each is a
    warning. Other levels pass untouched.
    """

    def __init__(self, per_minute: int = 60) -> None:
        super().__init__()
        self._per_minute = per_minute
        self._seen: dict[tuple[str, str], tuple[int, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this record is written."""
        if record.levelno != logging.WARNING:
            return True
        kind = (record.name, str(record.msg))
        minute = int(record.created) // _MINUTE_S
        since, count = self._seen.get(kind, (minute, 0))
        count = count + 1 if since == minute else 1
        if len(self._seen) >= _MOST_KINDS:
            self._seen.clear()
        self._seen[kind] = (minute, count)
        if count == self._per_minute:
            record.msg = f"{record.msg} (further ones within this minute are left out)"
        return count <= self._per_minute
