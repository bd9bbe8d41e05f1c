"""Generated requests: schemathesis over the OpenAPI files, every answer held to them and to the schemas."""

import itertools
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import requests
import schemathesis
import yaml
from attrs import define, field
from hypothesis import HealthCheck, Phase, given, settings
from referencing import Registry, Resource
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from acp_shop import GOODS, HOME, KEY, complete_body, create_body
from judge_schemas import Schemas

# Where the OpenAPI files contradict the JSON Schemas, which are right: (what the OpenAPI file says, why not).
CONTRADICTIONS = {
    "additionalProperties order": "a session may have an order (schema CheckoutSessionBase)",
    "additionalProperties supported_versions": "errors about versions list them (schema Error)",
    "additionalProperties display_order": "handlers have an order of display (schema PaymentHandler)",
    "additionalProperties order_notes": "confirmations repeat the notes (schema OrderConfirmation)",
    "additionalProperties company": "addresses have a company (schema Address)",
    "required order": "a completion that waits for 3-D Secure or was declined has no order yet (example "
    "checkout_session_authentication_required)",
}
_TOKENS = ("tok_ok", "tok_decline", "tok_3ds", "tok_insufficient")
_OUTCOMES = ("denied", "canceled", "abandoned")


@define
class Cases:
    """What came of the generated requests."""

    count: int = 0
    server_errors: int = 0
    faults: list[str] = field(factory=list)
    contradictions: Counter[str] = field(factory=Counter)
    statuses: Counter[str] = field(factory=Counter)


class Generator:
    """Sends generated requests to a server at `url` and judges the answers."""

    def __init__(self, schemas: Schemas, url: str) -> None:
        self.schemas, self.url = schemas, url
        self.done = Cases()
        self._keys = (f"case-{i}" for i in itertools.count())
        self._random = random.Random(7)
        self._session = requests.Session()
        load_all_checks()
        self._checks = [
            CHECKS.get_one("not_a_server_error"),
            CHECKS.get_one("response_schema_conformance"),
        ]

    def run(self, cases: int) -> Cases:
        """At least this many requests: as many for each operation, half of them meant to be wrong."""
        folder = self.schemas.spec / "openapi"
        operations = []
        for name in ("openapi.agentic_checkout.yaml", "openapi.cart.yaml"):
            description = self._described(folder / name)
            loaded = schemathesis.openapi.from_dict(description)
            operations += [(found.ok(), description) for found in loaded.get_all_operations()]
        modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
        share = -(-cases // (len(operations) * len(modes))) + 1
        for (operation, description), mode in itertools.product(operations, modes):
            self._run_one(operation, description, mode, share)
        while self.done.count < cases:
            self._run_one(*operations[0], modes[0], cases - self.done.count)
        return self.done

    def _described(self, path: Path) -> dict[str, Any]:
        """The description; the cart's takes its schemas from files, which are put in their place."""
        description: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        if path.name == "openapi.cart.yaml":
            read = [
                json.loads((self.schemas.spec / "json-schema" / name).read_text(encoding="utf-8"))["$defs"]
                for name in ("schema.agentic_checkout.json", "schema.cart.json")
            ]
            merged = json.dumps({**read[0], **read[1]}).replace(
                "schema.agentic_checkout.json#/$defs", "#/$defs"
            )
            description["components"]["schemas"] = json.loads(
                merged.replace("#/$defs/", "#/components/schemas/")
            )
        return description

    def _run_one(self, operation: Any, description: dict[str, Any], mode: Any, share: int) -> None:
        @settings(
            max_examples=share, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: Any) -> None:
            self._send(case, description)

        send()

    def _send(self, case: Any, description: dict[str, Any]) -> None:
        chance = self._random.random
        headers = dict(case.headers or {})
        if chance() < 0.95:
            headers |= {"Authorization": f"Bearer {KEY}"}
        if chance() < 0.97:
            headers |= {"API-Version": "2026-04-17"}
        if chance() < 0.95:
            headers |= {"Idempotency-Key": next(self._keys), "Content-Type": "application/json"}
        case.headers = {name: value for name, value in headers.items() if _can_be_sent(name, value)}
        self._make_meaningful(case)
        answer = case.call(base_url=self.url + "/acp", session=self._session)
        self.done.count += 1
        label = f"{case.operation.label} {answer.status_code}"
        self.done.statuses[label] += 1
        if answer.status_code >= 500:
            self.done.server_errors += 1
            self.done.faults.append(f"{label}: {answer.content[:200]!r}")
        path = case.formatted_path
        found = self.schemas.answer_faults(path, answer.status_code, answer.content)
        self.done.faults += [f"{label} {answer.request.url!r}: {one}" for one in found]
        try:
            case.validate_response(answer, checks=self._checks)
        except FailureGroup as problem:
            self._explain(case, answer, description, problem)

    def _make_meaningful(self, case: Any) -> None:
        """Random ids mean nothing to the shop: put goods, sessions and tokens it knows in their place."""
        chance, choice = self._random.random, self._random.choice
        parameters = case.path_parameters
        if parameters and chance() < 0.85:
            kind = "carts" if case.operation.path.startswith("/carts") else "checkout_sessions"
            for name in parameters:
                parameters[name] = self._fresh(kind)
        body = case.body
        if not isinstance(body, dict) or chance() < 0.1:
            return
        items = body.get("line_items")
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict) and chance() < 0.95:
                item["id"] = choice(sorted(GOODS))
        if isinstance(body.get("currency"), str) and chance() < 0.9:
            body["currency"] = choice(["usd", "USD"])
        details = body.get("fulfillment_details")
        if isinstance(details, dict) and isinstance(details.get("address"), dict) and chance() < 0.7:
            known = choice([HOME, {**HOME, "state": "AK"}, {**HOME, "country": "DE"}, {"country": "US"}])
            details["address"] |= known
        if isinstance(body.get("discounts"), dict) and chance() < 0.7:
            body["discounts"]["codes"] = [choice(["SAVE10", "TEA20", "NOPE"]) for _ in range(2)]
        selections = body.get("selected_fulfillment_options")
        for one in selections if isinstance(selections, list) else []:
            if isinstance(one, dict) and chance() < 0.8:
                one |= {"type": "shipping", "option_id": choice(["economy", "two-day"])}
        if "payment_data" in body and chance() < 0.85:
            data = complete_body(choice(_TOKENS))["payment_data"]
            given_data = body["payment_data"] if isinstance(body["payment_data"], dict) else {}
            body["payment_data"] = {**given_data, **data}
            if chance() < 0.6:
                body.pop("authentication_result", None)

    def _fresh(self, kind: str) -> str:
        """A new session or cart, sometimes one that waits for 3-D Secure or has ended."""
        headers = {"Authorization": f"Bearer {KEY}", "API-Version": "2026-04-17"}
        headers["Idempotency-Key"] = next(self._keys)
        items = ("MUG", "TEA") if self._random.random() < 0.8 else ("BOOK",)
        body = create_body(*items)
        if kind == "carts":
            body = {"line_items": body["line_items"]}
        made = self._session.post(f"{self.url}/acp/{kind}", headers=headers, json=body).json()["id"]
        state = self._random.random()
        if state < 0.3:
            verb, more = ("cancel", {}) if kind == "carts" or state < 0.1 else ("complete", self._paid(state))
            headers["Idempotency-Key"] = next(self._keys)
            self._session.post(f"{self.url}/acp/{kind}/{made}/{verb}", headers=headers, json=more)
        return str(made)

    def _paid(self, state: float) -> dict[str, Any]:
        return complete_body("tok_3ds" if state < 0.2 else "tok_ok")

    def _explain(self, case: Any, answer: Any, description: dict[str, Any], problem: BaseException) -> None:
        """A failure counts unless each of its errors is one of the named contradictions."""
        schema = _answer_schema(case, answer.status_code, description)
        if schema is None or answer.status_code >= 500:
            self.done.faults.append(f"{case.operation.label} {answer.status_code}: {str(problem)[:300]}")
            return
        resource = Resource.from_contents(
            {**description, "$schema": "https://json-schema.org/draft/2020-12/schema"}
        )
        registry: Registry[Any] = Registry().with_resource("urn:openapi", resource)
        validator = jsonschema.Draft202012Validator(_absolute(schema), registry=registry)
        errors = list(validator.iter_errors(json.loads(answer.content)))
        for error in errors:
            for name in _names(error):
                if name in CONTRADICTIONS:
                    self.done.contradictions[name] += 1
                else:
                    self.done.faults.append(
                        f"{case.operation.label}: {error.json_path} {error.message[:200]}"
                    )
        if not errors:
            self.done.faults.append(f"{case.operation.label}: {str(problem)[:300]}")


def _names(error: jsonschema.ValidationError) -> list[str]:
    """The contradictions an error would be: one for each member that is too many or missing."""
    if error.validator == "additionalProperties":
        known = set(error.schema.get("properties", {}))
        return [f"additionalProperties {name}" for name in error.instance if name not in known]
    if error.validator == "required":
        return [f"required {name}" for name in error.validator_value if name not in error.instance]
    return [str(error.validator)]


def _answer_schema(case: Any, status: int, description: dict[str, Any]) -> Any:
    responses = description["paths"][case.operation.path][case.operation.method]["responses"]
    found = responses.get(str(status)) or responses.get(f"{status // 100}XX")
    if found is not None and "$ref" in found:
        found = description["components"]["responses"][found["$ref"].rpartition("/")[2]]
    return None if found is None else found["content"]["application/json"]["schema"]


def _absolute(schema: Any) -> Any:
    return json.loads(json.dumps(schema).replace('"#/components', '"urn:openapi#/components'))


def _can_be_sent(name: str, value: Any) -> bool:
    text = str(value)
    return name.isascii() and text.isascii() and text.isprintable() and text == text.strip()
