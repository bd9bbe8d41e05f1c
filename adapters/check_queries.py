"""Checks the Shopify adapter's GraphQL against the vendor's published schemas of the version it pins.

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
    GraphQLAbstractType,
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
NOT_CALLED = Secret("not called")
SHOP = ShopifySettings(
    shop="demo-store.myshopify.com",
    client_secret=NOT_CALLED,
    access_token=NOT_CALLED,
    storefront_token=NOT_CALLED,
)
# Each module of queries, the schema in the package it is held to, and what its address looks like.
SCHEMAS = (
    ("checkout_kit_shopify.graphql", "admin", "/admin/api/"),
    ("checkout_kit_shopify.storefront", "storefront-graphql", ".com/api/"),
)


def published_schemas(version: str, folder: Path) -> tuple[str, dict[str, GraphQLSchema]]:
    """The schemas of that version and the name of the package that holds them; ends the script without."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(folder), PACKAGE],
        capture_output=True,
        text=True,
        check=False,
    )
    archives = list(folder.glob("*.tgz"))
    if packed.returncode != 0 or not archives:
        raise SystemExit(f"npm did not give {PACKAGE}:\n{packed.stderr.strip()}")
    with tarfile.open(archives[0]) as archive:
        found = {kind: _schema(archive, f"{kind}_{version}.json.gz") for _, kind, _ in SCHEMAS}
    return archives[0].name, found


def _schema(archive: tarfile.TarFile, wanted: str) -> GraphQLSchema:
    try:
        member = archive.extractfile(f"package/dist/data/{wanted}")
    except KeyError:
        kind = wanted.partition("_")[0]
        held = sorted(Path(name).name for name in archive.getnames() if f"/data/{kind}_" in name)
        raise SystemExit(f"{PACKAGE} holds no {wanted}; it holds {', '.join(held)}") from None
    assert member is not None
    # The vendor deprecates fields that interfaces demand, which a checker of schemas would refuse.
    return build_client_schema(json.loads(gzip.decompress(member.read()))["data"], assume_valid=True)


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
        schema,
        document,
        root_value=data,
        variable_values=sent["variables"],
        field_resolver=_recorded,
        type_resolver=_some_kind,
    )
    faults = [error.message for error in result.errors or ()]
    if not faults and result.data != data:
        faults.append("the recorded reply holds more than was asked for")
    return faults


def _recorded(source: Any, info: GraphQLResolveInfo, **_arguments: Any) -> Any:
    if info.path.key not in source:
        raise GraphQLError(f"the recorded reply has no {info.path.key!r}")
    return source[info.path.key]


def _some_kind(_source: Any, info: GraphQLResolveInfo, abstract: GraphQLAbstractType) -> str:
    # Of an interface we ask for what all kinds of it have, so any of them will do.
    return info.schema.get_possible_types(abstract)[0].name


def check(schemas: dict[str, GraphQLSchema]) -> tuple[str, list[str]]:
    """How much was checked, and every fault."""
    adapter, rules = ShopifyAdapter(SHOP), (*specified_rules, NoDeprecatedCustomRule)
    held, faults, played = 0, list[str](), 0
    for module, kind, _ in SCHEMAS:
        for name, text in documents(importlib.import_module(module)):
            faults += [f"{name}: {e.message}" for e in validate(schemas[kind], parse(text), rules)]
            held += 1
    for replay in read_replays(HERE / "shopify" / "replay"):
        if replay.kind == "call":
            for request, response in exchanges(adapter, replay):
                (kind,) = [kind for _, kind, address in SCHEMAS if address in request.url]
                found = faults_of(schemas[kind], request, response)
                faults += [f"{replay.case}: {fault}" for fault in found]
                played += 1
    others = [text for name in SYNTAX_ONLY for _, text in documents(importlib.import_module(name))]
    for text in others:
        parse(text)
    return f"{held} documents, {played} recorded exchanges; the syntax of {len(others)} others", faults


def main() -> int:
    """Fetch the schema, check, and print what was found."""
    with TemporaryDirectory(prefix="schema-") as folder:
        package, schemas = published_schemas(SHOP.api_version, Path(folder))
    count, faults = check(schemas)
    for fault in faults:
        print(fault)
    schemas_held = f"Shopify Admin and Storefront {SHOP.api_version} of {package}"
    print(f"queries against {schemas_held}: {count}; {len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
