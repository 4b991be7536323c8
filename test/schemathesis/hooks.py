"""Hooks of the schemathesis runs."""

from itertools import count

import schemathesis

LONGEST_WAIT = 1
"""Seconds: a saga of the runs does not end, so each valid wait lasts as long as it may, at most 60 seconds."""


EXAMPLE_KEY = "order-42-create"
"""The `idempotency-key` of the description. A saga answers a repeated key of an action without a look at the body."""

NUMBERS = count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Shortens a valid wait, and gives each action on a saga a key of its own; what is refused stays as it is."""
    wait = str((case.query or {}).get("wait", ""))
    if wait.isdecimal() and LONGEST_WAIT < int(wait) <= 60:
        case.query["wait"] = LONGEST_WAIT
    if str((case.headers or {}).get("prefer", "")).startswith("wait="):
        case.headers["prefer"] = f"wait={LONGEST_WAIT}"
    if case.path.startswith("/sagas/") and (case.headers or {}).get("idempotency-key") == EXAMPLE_KEY:
        case.headers["idempotency-key"] = f"{EXAMPLE_KEY}-{next(NUMBERS)}"
