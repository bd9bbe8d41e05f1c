"""The JSON API: bytes in, one call of the service, bytes out."""

import re
from typing import Final

from attrs import evolve, frozen
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from checkout_kit.errors import Forbidden, InputError
from checkout_kit.server.bodies import read_body, read_json
from checkout_kit.server.problem_documents import RequestRefused
from checkout_kit.server.resuming import make_link, token_in
from checkout_kit.server.shop_keys import Scope, ShopKeys
from checkout_kit.service import SHOP, Access, AsyncCheckoutService, CheckoutView, Opened
from checkout_kit.service.answer import order_answer
from checkout_kit.service.wire import parse_cancel, parse_complete, parse_new_checkout, parse_update

PREFIX: Final = "/api"
MIN_KEY_LENGTH: Final = 16
MAX_KEY_LENGTH: Final = 200

_JSON: Final = "application/json"
_ENTITY_TAG: Final = re.compile(r'(?:W/)?"(\d{1,9})"')


@frozen
class Api:
    """The endpoints over one service; the paths are those of the OpenAPI document."""

    service: AsyncCheckoutService
    keys: ShopKeys
    max_body_bytes: int

    def routes(self) -> list[Route]:
        """The routes of the API, most used first."""
        one = PREFIX + "/checkouts/{checkout_id}"
        return [
            Route(one, self.one, methods=["GET", "PATCH", "PUT"]),
            Route(PREFIX + "/checkouts", self.create, methods=["POST"]),
            Route(one + "/complete", self.complete, methods=["POST"]),
            Route(one + "/authentication", self.authenticate, methods=["POST"]),
            Route(one + "/cancel", self.cancel, methods=["POST"]),
            Route(one + "/resume-links", self.make_link, methods=["POST"]),
            Route(PREFIX + "/resume", self.resume, methods=["POST"]),
            Route(PREFIX + "/orders/{order_id}", self.get_order, methods=["GET"]),
            Route(PREFIX + "/payments/webhook", self.take_webhook, methods=["POST"]),
        ]

    async def create(self, request: Request) -> Response:
        """Open a checkout; this answer alone carries its secret."""
        access = self._access(request, "checkouts")
        new = parse_new_checkout(await read_json(request, self.max_body_bytes), trusted=access.is_shop)
        # Without the shop's key nothing else tells one caller from another, so it must not be guessable.
        key = _optional_key(request, shortest=1 if access.is_shop else MIN_KEY_LENGTH)
        opened = await self.service.create(new, idempotency_key=key, access=access)
        return _opened(request, opened, status=201)

    async def one(self, request: Request) -> Response:
        """Read or change a checkout; one route, so that a wrong method is told of both."""
        return await (self.update(request) if request.method in ("PATCH", "PUT") else self.get(request))

    async def get(self, request: Request) -> Response:
        """The checkout as it stands now."""
        access = self._access(request, "checkouts")
        return _answer(await self.service.get(request.path_params["checkout_id"], access=access))

    async def update(self, request: Request) -> Response:
        """Change any sections, or with PUT replace them all; with a version, only if it is still current."""
        access = self._access(request, "checkouts")
        parsed = parse_update(await read_json(request, self.max_body_bytes), trusted=access.is_shop)
        return _answer(
            await self.service.update(
                request.path_params["checkout_id"],
                evolve(parsed.update, replaces=True) if request.method == "PUT" else parsed.update,
                version=_version(request, parsed.version),
                access=access,
                idempotency_key=_optional_key(request),
            )
        )

    async def complete(self, request: Request) -> Response:
        """Pay and place the order, once for one idempotency key."""
        access = self._access(request, "checkouts")
        body = parse_complete(await read_json(request, self.max_body_bytes))
        return _answer(
            await self.service.complete(
                request.path_params["checkout_id"],
                idempotency_key=_idempotency_key(request),
                version=_version(request, body.version),
                access=access,
            )
        )

    async def authenticate(self, request: Request) -> Response:
        """The buyer is back from the bank's page."""
        access = self._access(request, "checkouts")
        await read_json(request, self.max_body_bytes)
        checkout_id = request.path_params["checkout_id"]
        return _answer(await self.service.continue_authentication(checkout_id, access=access))

    async def cancel(self, request: Request) -> Response:
        """Give the checkout up."""
        access = self._access(request, "checkouts")
        body = parse_cancel(await read_json(request, self.max_body_bytes))
        return _answer(
            await self.service.cancel(
                request.path_params["checkout_id"],
                reason=body.reason,
                version=_version(request, body.version),
                access=access,
                idempotency_key=_optional_key(request),
            )
        )

    async def make_link(self, request: Request) -> Response:
        """A link that opens the checkout on another device or channel."""
        access, checkout_id = self._access(request, "checkouts"), request.path_params["checkout_id"]
        await self.service.get(checkout_id, access=access)
        return await make_link(
            self.service, request, checkout_id, await read_json(request, self.max_body_bytes)
        )

    async def resume(self, request: Request) -> Response:
        """The checkout of such a link, with its secret."""
        token = token_in(await read_json(request, self.max_body_bytes))
        return _opened(request, await self.service.resume(token), status=200)

    async def take_webhook(self, request: Request) -> Response:
        """News from the payment provider, signed by it; what is about nothing of ours is taken too."""
        try:
            await self.service.payment_webhook(
                dict(request.headers), await read_body(request, self.max_body_bytes)
            )
        except Forbidden as error:
            raise RequestRefused(
                401, "unknown_signature", "the webhook is not signed as it should be"
            ) from error
        return Response(status_code=204)

    async def get_order(self, request: Request) -> Response:
        """A placed order; the secret of its checkout opens it."""
        access = self._access(request, "orders")
        order = await self.service.get_order(request.path_params["order_id"], access=access)
        return Response(
            to_json(order_answer(order)), headers={"ETag": f'"{order.version}"'}, media_type=_JSON
        )

    def _access(self, request: Request, scope: Scope) -> Access:
        """The shop's by its API key, else the buyer's by the secret in the request, which may be empty."""
        authorization = request.headers.get("authorization")
        if authorization is None:
            return Access(secret=request.headers.get("checkout-secret", ""))
        try:
            self.keys.require(authorization, scope)
        except Forbidden as error:
            raise RequestRefused(
                401, "unknown_shop_key", str(error), headers={"WWW-Authenticate": "Bearer"}
            ) from error
        return SHOP


def _opened(request: Request, opened: Opened, *, status: int) -> Response:
    checkout = opened.view.checkout
    document = {**opened.view.to_dict(), "secret": opened.secret}
    place = f"{request.scope.get('root_path', '')}{PREFIX}/checkouts/{checkout.id}"
    headers = {"Location": place, "ETag": f'"{checkout.version}"'}
    return Response(to_json(document), status_code=status, headers=headers, media_type=_JSON)


def _answer(view: CheckoutView) -> Response:
    return Response(view.to_json(), headers={"ETag": f'"{view.checkout.version}"'}, media_type=_JSON)


def _optional_key(request: Request, *, shortest: int = 1) -> str:
    return _idempotency_key(request, shortest=shortest) if "idempotency-key" in request.headers else ""


def _idempotency_key(request: Request, *, shortest: int = 1) -> str:
    key = request.headers.get("idempotency-key", "").strip().strip('"')
    if not shortest <= len(key) <= MAX_KEY_LENGTH or not key.isprintable():
        raise InputError.of(
            "Idempotency-Key",
            "is needed and must be usable",
            found=key or None,
            remedy=f"send a new random text of {shortest} to {MAX_KEY_LENGTH} characters for each order",
        )
    return key


def _version(request: Request, in_body: int | None) -> int | None:
    tag = request.headers.get("if-match", "").strip()
    if not tag or tag == "*":
        return in_body
    found = _ENTITY_TAG.fullmatch(tag)
    if found is None:
        raise InputError.of("If-Match", "is not an entity tag of ours", found=tag, remedy='send "3" or *')
    version = int(found[1])
    if in_body is not None and in_body != version:
        raise InputError.of(
            "version", "differs from the If-Match header", found=in_body, remedy="send one of them"
        )
    return version
