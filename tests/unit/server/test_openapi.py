"""What the document says of requests; its answers are compared with those of a running server elsewhere."""

from checkout_kit.server.openapi import openapi_document


def test_a_body_is_asked_for_where_a_call_is_nothing_without_one() -> None:
    """Changing and replacing need one; canceling, completing and making a link go without."""
    paths = openapi_document()["paths"]
    needed = {
        operation["operationId"]: operation["requestBody"]["required"]
        for path in paths.values()
        for method, operation in path.items()
        if method != "parameters" and "requestBody" in operation
    }
    assert needed == {
        "createCheckout": True,
        "updateCheckout": True,
        "replaceCheckout": True,
        "completeCheckout": False,
        "cancelCheckout": False,
        "makeResumeLink": False,
        "resumeCheckout": True,
    }


def test_only_operations_with_parameters_list_them() -> None:
    """An empty list would be noise; whatever is listed is described."""
    document = openapi_document()
    known = {f"#/components/parameters/{name}" for name in document["components"]["parameters"]}
    listed = [
        operation["parameters"]
        for path in document["paths"].values()
        for method, operation in path.items()
        if method != "parameters" and "parameters" in operation
    ]
    assert listed
    assert all(one["$ref"] in known for parameters in listed for one in parameters)
    assert [] not in listed
