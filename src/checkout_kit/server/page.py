"""The hosted page: one checkout on one page, by plain forms, with live updates where scripts run."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from attrs import frozen
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from checkout_kit.checkout import Update
from checkout_kit.errors import CheckoutKitError, InputError, NotFound, NotReady, Refused
from checkout_kit.server.assets import Assets
from checkout_kit.server.bodies import read_form
from checkout_kit.server.delivery_forms import without_options
from checkout_kit.server.forms import update_from
from checkout_kit.server.page_builder import Around, Asked, checkout_page, confirmation_page, message_page
from checkout_kit.server.page_parts import shown_as
from checkout_kit.server.page_values import CheckoutPage, ConfirmationPage, MessagePage
from checkout_kit.server.problem_documents import RequestRefused, status_of
from checkout_kit.server.reading import Reading
from checkout_kit.server.security import (
    form_token,
    require_own_form,
    secret_from_cookie,
    set_secret_cookie,
)
from checkout_kit.server.settings import PageSettings
from checkout_kit.server.words import accepted_locales
from checkout_kit.service import Access, AsyncCheckoutService, CheckoutView

_UNDER_WAY: Final = frozenset({"incomplete", "needs_buyer", "ready"})

Handler = Callable[[Request], Awaitable[Response]]


@frozen
class Page:
    """The page over one service."""

    service: AsyncCheckoutService
    settings: PageSettings
    assets: Assets
    templates: Environment

    def routes(self) -> list[Route]:
        """The routes of the page and its files."""
        path = "/checkout/{checkout_id}"
        return [
            Route(path, self.in_words(self.one), methods=["GET", "POST", "PATCH"]),
            Route("/static/{name}", self.assets.serve, methods=["GET"]),
        ]

    async def one(self, request: Request) -> Response:
        """Show the page, take its form, or answer a live update."""
        handlers = {"POST": self.submit, "PATCH": self.refresh}
        return await handlers.get(request.method, self.show)(request)

    async def show(self, request: Request) -> Response:
        """The page as it stands; a link with `?secret=` is traded for a cookie first."""
        checkout_id = request.path_params["checkout_id"]
        if "secret" in request.query_params:
            secret = request.query_params["secret"]
            await self.service.get(checkout_id, access=Access(secret=secret))
            response = RedirectResponse(self._path(request, checkout_id), status_code=303)
            set_secret_cookie(response, request, checkout_id, secret)
            return response
        secret = self._secret(request)
        view = await self.service.get(checkout_id, access=Access(secret=secret))
        return self.render(request, view, secret)

    async def submit(self, request: Request) -> Response:
        """A button was pressed: keep what the form says, and place the order if that was the button."""
        form, view, secret = await self._open_form(request)
        checkout_id, access = view.checkout.id, Access(secret=secret)
        if view.status.name not in _UNDER_WAY:
            return RedirectResponse(self._path(request, checkout_id), status_code=303)
        if view.status.reason == "authentication":
            view = await self.service.continue_authentication(checkout_id, access=access)
            return self._after_payment(request, view, secret)
        view = await self._update(form, view, access)
        if form.get("action") != "place":
            return RedirectResponse(self._path(request, checkout_id), status_code=303)
        is_as_shown = form.get("shown", "") == shown_as(view.checkout, view.totals)
        if not view.problems and not is_as_shown:
            notice = self._reading(request, view).words("changed_while_placing")
            return self.render(request, view, secret, Asked(notices=(notice,)), status=409)
        try:
            view = await self.service.complete(
                checkout_id, idempotency_key=form.get("key", "")[:100] or "page", access=access
            )
        except NotReady:
            view = await self.service.get(checkout_id, access=access)
            return self.render(request, view, secret, Asked(is_placing=True), status=422)
        return self._after_payment(request, view, secret)

    async def refresh(self, request: Request) -> Response:
        """A live update: keep what the form says and answer with the page as it now stands."""
        form, view, secret = await self._open_form(request)
        view = await self._update(form, view, Access(secret=secret))
        return self.render(request, view, secret, Asked(focused=form.get("focused", "")))

    def render(
        self,
        request: Request,
        view: CheckoutView,
        secret: str,
        asked: Asked = Asked(),  # noqa: B008 - frozen
        *,
        status: int = 200,
    ) -> HTMLResponse:
        """The page that fits the checkout's status."""
        around, reading = self._around(request, view), self._reading(request, view)
        if view.status.name == "completed":
            page = confirmation_page(view, self.settings, around, reading)
            return self._html("confirmation.html", page, status)
        if view.status.name in _UNDER_WAY:
            token = form_token(secret)
            shown = checkout_page(view, self.settings, around, reading, token=token, asked=asked)
            template = "authenticate.html" if shown.authentication else "checkout.html"
            return self._html(template, shown, status)
        key = view.status.name if view.status.name in _ENDED else "completing"
        t = reading.words
        message = message_page(self.settings, around, t, t(key), t(f"{key}_lead"))
        return self._html("message.html", message, status)

    def in_words(self, handler: Handler) -> Handler:
        """The handler with refusals as a page to read instead of a problem document."""

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestRefused as error:
                return self._refusal(request, error.status, error.detail)
            except Refused:
                return RedirectResponse(request.url.path, status_code=303)
            except CheckoutKitError as error:
                status = status_of(error)
                words = self._reading(request).words
                detail = str(error) if status == 400 else ""
                detail = words(f"refused_{status}") if status in _REFUSED else detail
                return self._refusal(request, status, detail)

        return answer

    def say(self, request: Request, heading: str, lead: str, *, status: int = 200) -> HTMLResponse:
        """A page that only says something."""
        words = self._reading(request).words
        page = message_page(self.settings, self._around(request, None), words, heading, lead)
        return self._html("message.html", page, status)

    def _refusal(self, request: Request, status: int, detail: str) -> HTMLResponse:
        return self.say(request, self._reading(request).words("refused"), detail, status=status)

    def _html(
        self, template: str, page: CheckoutPage | ConfirmationPage | MessagePage, status: int
    ) -> HTMLResponse:
        return HTMLResponse(self.templates.get_template(template).render(page=page), status_code=status)

    def _around(self, request: Request, view: CheckoutView | None) -> Around:
        root = request.scope.get("root_path", "")
        strip = self.settings.strip(view.checkout if view else None, root)
        return Around(root=root, static_version=self.assets.version, links=strip.links, note=strip.note)

    def _reading(self, request: Request, view: CheckoutView | None = None) -> Reading:
        """How this buyer reads: as the checkout was opened for, else as their browser asks."""
        of_checkout = (view.checkout.locale,) if view is not None and view.checkout.locale else ()
        wishes = (*of_checkout, *accepted_locales(request.headers.get("accept-language", "")))
        return self.settings.read_by(wishes, view.now if view is not None else dt.datetime.now(dt.UTC))

    def _path(self, request: Request, checkout_id: str) -> str:
        return f"{request.scope.get('root_path', '')}/checkout/{checkout_id}"

    def _secret(self, request: Request) -> str:
        secret = secret_from_cookie(request, request.path_params["checkout_id"])
        if not secret:
            raise NotFound("this browser has no secret for the checkout")
        return secret

    async def _open_form(self, request: Request) -> tuple[Mapping[str, str], CheckoutView, str]:
        secret = self._secret(request)
        form = await read_form(request)
        require_own_form(request, secret, form.get("csrf", ""))
        checkout_id = request.path_params["checkout_id"]
        return form, await self.service.get(checkout_id, access=Access(secret=secret)), secret

    async def _update(self, form: Mapping[str, str], view: CheckoutView, access: Access) -> CheckoutView:
        update = update_from(
            form,
            view.checkout,
            countries=self.settings.countries,
            payments=self.settings.payments,
            is_cart_editable=self.settings.is_cart_editable,
            splits_deliveries=self.settings.splits_deliveries,
        )
        if update == Update():
            return view
        try:
            return await self.service.update(view.checkout.id, update, access=access)
        except InputError as error:
            # The same form took it away, by another address say: its page shows what is offered now.
            if not all(fault.path.endswith((".option_id", ".slot_id")) for fault in error.faults):
                raise
            return await self.service.update(view.checkout.id, without_options(update), access=access)

    def _after_payment(self, request: Request, view: CheckoutView, secret: str) -> Response:
        if view.status.name in ("incomplete", "ready"):
            return self.render(request, view, secret, Asked(is_placing=True), status=422)
        return RedirectResponse(self._path(request, view.checkout.id), status_code=303)


_ENDED: Final = frozenset({"canceled", "expired", "completing"})
_REFUSED: Final = frozenset({404, 409, 503})
