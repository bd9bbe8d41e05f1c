"""Checks the Shopify adapter's GraphQL against the vendor's published schema of the version it pins.

`python check_queries.py`; needs npm, whose registry has the schema, and the adapters installed. Held to the
schema: every document, the variables of every request that the adapter sends in its recorded calls, and every
recorded reply. No registry has a schema of Saleor with the events used, and Vendure makes its own at start,
against which the proof on the running platform checks us; so of those two only the syntax is checked here.
"""

import gzip
import importlib
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from checkout_kit_shopify import ShopifyAdapter, ShopifySettings
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_client_schema,
    execute_sync,
    parse,
    validate,
)
from graphql.validation import NoDeprecatedCustomRule, specified_rules

from checkout_kit.adapter import HttpRequest, HttpResponse, Secret, Steps
from checkout_kit.errors import CheckoutKitError
from checkout_kit.testing.adapters.replay import Replay, arguments_of, body_bytes, read_replays

HERE = Path(__file__).parent
PACKAGE = "@shopify/dev-mcp"
SYNTAX_ONLY = (
    "checkout_kit_saleor.graphql",
    "checkout_kit_saleor.subscriptions",
    "checkout_kit_vendure.graphql",
)
SHOP = ShopifySettings(
    shop="demo-store.myshopify.com", client_secret=Secret("not called"), access_token=Secret("not called")
)


def published_schema(version: str, folder: Path) -> tuple[str, GraphQLSchema]:
    """The Admin schema of that version and the name of the package that holds it; ends the script without."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(folder), PACKAGE],
        capture_output=True,
        text=True,
        check=False,
    )
    archives = list(folder.glob("*.tgz"))
    if packed.returncode != 0 or not archives:
        raise SystemExit(f"npm did not give {PACKAGE}:\n{packed.stderr.strip()}")
    wanted = f"package/dist/data/admin_{version}.json.gz"
    with tarfile.open(archives[0]) as archive:
        if wanted not in archive.getnames():
            held = sorted(Path(name).name for name in archive.getnames() if "/data/admin_" in name)
            raise SystemExit(f"{archives[0].name} holds no schema of {version}; it holds {', '.join(held)}")
        member = archive.extractfile(wanted)
        assert member is not None
        found = json.loads(gzip.decompress(member.read()))["data"]
    # The vendor deprecates fields that interfaces demand, which a checker of schemas would refuse.
    return archives[0].name, build_client_schema(found, assume_valid=True)


def documents(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Each GraphQL document of a module with its name."""
    for name, value in vars(module).items():
        if isinstance(value, str) and value.startswith(("query", "mutation", "subscription")):
            yield f"{module.__name__}.{name}", value


def exchanges(adapter: ShopifyAdapter, replay: Replay) -> Iterator[tuple[HttpRequest, HttpResponse]]:
    """Each request that a recorded call sends, with the reply recorded for it."""
    given = arguments_of(replay["operation"], replay["given"])
    steps: Steps[Any] = getattr(adapter, replay["operation"])(*given)
    request = next(steps)
    for exchange in replay["exchange"]:
        reply = exchange["response"]
        response = HttpResponse(status=reply.get("status", 200), body=body_bytes(reply))
        assert isinstance(request, HttpRequest)
        yield request, response
        try:
            request = steps.send(response)
        except (StopIteration, CheckoutKitError):
            return


def faults_of(schema: GraphQLSchema, request: HttpRequest, response: HttpResponse) -> list[str]:
    """What the schema has against the variables sent, and against the data replied."""
    sent, reply = json.loads(request.body), json.loads(response.body)
    if reply.get("data") is None:
        return []
    document, data = parse(sent["query"]), reply["data"]
    # Executing the query over the recorded reply makes the schema judge its names, types and nulls.
    result = execute_sync(
        schema, document, root_value=data, variable_values=sent["variables"], field_resolver=_recorded
    )
    faults = [error.message for error in result.errors or ()]
    if not faults and result.data != data:
        faults.append("the recorded reply holds more than was asked for")
    return faults


def _recorded(source: Any, info: GraphQLResolveInfo, **_arguments: Any) -> Any:
    if info.path.key not in source:
        raise GraphQLError(f"the recorded reply has no {info.path.key!r}")
    return source[info.path.key]


def check(schema: GraphQLSchema) -> tuple[str, list[str]]:
    """How much was checked, and every fault."""
    adapter, rules = ShopifyAdapter(SHOP), (*specified_rules, NoDeprecatedCustomRule)
    held: dict[str, DocumentNode] = {
        name: parse(text) for name, text in documents(importlib.import_module("checkout_kit_shopify.graphql"))
    }
    faults = [
        f"{name}: {error.message}"
        for name, document in held.items()
        for error in validate(schema, document, rules)
    ]
    played = 0
    for replay in read_replays(HERE / "shopify" / "replay"):
        if replay.kind == "call":
            for request, response in exchanges(adapter, replay):
                faults += [f"{replay.case}: {fault}" for fault in faults_of(schema, request, response)]
                played += 1
    others = [text for name in SYNTAX_ONLY for _, text in documents(importlib.import_module(name))]
    for text in others:
        parse(text)
    return f"{len(held)} documents, {played} recorded exchanges; the syntax of {len(others)} others", faults


def main() -> int:
    """Fetch the schema, check, and print what was found."""
    with TemporaryDirectory(prefix="schema-") as folder:
        package, schema = published_schema(SHOP.api_version, Path(folder))
    count, faults = check(schema)
    for fault in faults:
        print(fault)
    print(f"queries against Shopify Admin {SHOP.api_version} of {package}: {count}; {len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
