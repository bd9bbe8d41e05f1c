"""The protocol's published JSON Schemas, and which of them an answer has to satisfy."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
from checkout_kit.adapter import HttpResponse
from referencing import Registry, Resource

_FILES = ("agentic_checkout", "cart", "discount", "extension")


class Schemas:
    """Validators by name; `counts` has how many answers each of them has seen."""

    def __init__(self, shared: Path) -> None:
        self.protocol = shared / "protocols" / "acp-2026-04-17"
        self.spec = self.protocol / "spec" / "2026-04-17"
        self.examples = self.protocol / "examples" / "2026-04-17"
        resources = []
        for name in _FILES:
            file = f"schema.{name}.json"
            document = json.loads((self.spec / "json-schema" / file).read_text(encoding="utf-8"))
            resource = Resource.from_contents(document)
            resources += [(document["$id"], resource), (file, resource)]
            # A reference by file name is resolved against the $id of the file that holds it.
            resources.append((document["$id"].rpartition("/")[0] + f"/{file}", resource))
            if name == "agentic_checkout":
                checkout = resource
        registry: Registry[Any] = Registry().with_resources(resources)
        cart_id = json.loads((self.spec / "json-schema/schema.cart.json").read_text(encoding="utf-8"))["$id"]
        base = cart_id.rpartition("/")[0]
        registry = registry.with_resource(f"{base}/schema.agentic_checkout.json", checkout)
        self.registry = registry
        self.counts: Counter[str] = Counter()

    def validator(self, name: str, file: str = "schema.agentic_checkout.json") -> Any:
        """The validator of one definition."""
        return jsonschema.Draft202012Validator(
            {"$ref": f"{file}#/$defs/{name}"},
            registry=self.registry,
            format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
        )

    def faults(self, name: str, document: Any, file: str = "schema.agentic_checkout.json") -> list[str]:
        """What is wrong with a document, each with its place."""
        self.counts[name] += 1
        errors = self.validator(name, file).iter_errors(document)
        return [f"{name} {error.json_path}: {error.message[:200]}" for error in errors]

    def answer_faults(self, path: str, status: int, body: bytes) -> list[str]:
        """What is wrong with an answer to a request of this path below /acp."""
        try:
            document = json.loads(body)
        except ValueError:
            return [f"{path} {status}: the answer is not JSON"]
        if path.endswith("/.well-known/acp.json"):
            return self.faults("DiscoveryResponse", document)
        if status >= 400:
            return self.faults("Error", document)
        if path.startswith("/carts"):
            return self.faults("Cart", document, "schema.cart.json")
        # While the payment waits there is no order, as in the protocol's own 3-D Secure example.
        is_placed = path.endswith("/complete") and document.get("status") == "completed"
        name = "CheckoutSessionWithOrder" if is_placed else "CheckoutSession"
        return self.faults(name, document)

    def check(self, method: str, path: str, response: HttpResponse) -> None:
        """Fail unless the answer satisfies its schema."""
        found = self.answer_faults(path, response.status, response.body)
        assert not found, f"{method} {path}: {found}"
