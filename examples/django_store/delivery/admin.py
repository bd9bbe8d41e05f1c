"""The admin site with one page more: the policy, what it offers, and what is doubtful in it."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path

from checkout_kit.errors import InputError


class StoreAdmin(admin.AdminSite):
    """Adds /admin/delivery-policy/ for staff, and a link to it on the first page."""

    index_template = "delivery/admin_index.html"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The site's own addresses after ours."""
        ours = path("delivery-policy/", self.admin_view(self.delivery_policy), name="delivery-policy")
        return [ours, *super().get_urls()]

    def delivery_policy(self, request: HttpRequest) -> HttpResponse:
        """The policy's id, or its faults, and the findings of the lint."""
        from delivery.policy import findings, shop_policy

        facts: dict[str, object] = self.each_context(request) | {"title": "Delivery policy"}
        try:
            facts |= {"policy": shop_policy(), "findings": findings()}
        except InputError as error:
            facts |= {"faults": error.faults}
        return TemplateResponse(request, "delivery/policy.html", facts)


class StoreAdminConfig(AdminConfig):
    """Puts our admin site in the place of Django's."""

    default_site = "delivery.admin.StoreAdmin"
