"""Every error of ours has one problem document."""

import json

import pytest

from checkout_kit import errors
from checkout_kit.errors import CheckoutKitError, Fault, InputError
from checkout_kit.server.problem_documents import document_for, pointer, status_of


def body_of(error: CheckoutKitError) -> dict[str, object]:
    """The document's members."""
    return dict(json.loads(bytes(document_for(error).body)))


def test_all_faults_are_listed_with_pointers() -> None:
    """Each fault keeps its path and gets a JSON Pointer."""
    error = InputError([Fault("lines[0].quantity", "must be 1 or more", "-1"), Fault("currency", "missing")])
    document = body_of(error)
    assert document["status"] == 400
    assert document["errors"] == [
        {
            "path": "lines[0].quantity",
            "pointer": "#/lines/0/quantity",
            "message": "must be 1 or more",
            "found": "-1",
        },
        {"path": "currency", "pointer": "#/currency", "message": "missing"},
    ]


def test_pointer_escapes() -> None:
    """Slashes and tildes of a member's name are escaped as RFC 6901 says."""
    assert pointer("attributes.a/b~c") == "#/attributes/a~1b~0c"


def test_a_stale_version_names_the_current_one() -> None:
    """409 with the version to read again, also as ETag."""
    response = document_for(errors.VersionConflict(sent=2, current_version=5))
    assert response.status_code == 409
    assert json.loads(bytes(response.body))["current_version"] == 5
    assert response.headers["etag"] == '"5"'


def test_forbidden_and_missing_look_alike() -> None:
    """Whoever guesses an id does not learn from the answer whether it exists."""
    assert (
        body_of(errors.Forbidden("wrong secret"))["detail"]
        == body_of(errors.NotFound("no such id"))["detail"]
    )
    assert status_of(errors.Forbidden("x")) == status_of(errors.NotFound("x")) == 404


def test_an_outage_says_when_to_come_back() -> None:
    """503 with Retry-After, marked retryable."""
    response = document_for(errors.Unavailable("the database is away"))
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert json.loads(bytes(response.body))["retryable"] is True


@pytest.mark.parametrize("kind", [errors.CurrencyMismatch, errors.CheckoutKitError])
def test_a_fault_of_ours_keeps_its_message_inside(kind: type[CheckoutKitError]) -> None:
    """What is ours to repair is a 500 that tells nothing."""
    document = body_of(kind("secret internals"))
    assert document["status"] == 500
    assert "secret internals" not in json.dumps(document)
