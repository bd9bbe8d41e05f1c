"""The policies in the admin site: which are in use, what is wrong and what is doubtful in them."""

from pathlib import Path
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from checkout_kit.django.models import Policy
from checkout_kit.django.policies import findings, policy, policy_files
from checkout_kit.errors import InputError


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin):  # type: ignore[misc]
    """One page in the place of a list, for staff with the permission to view delivery policies."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Policies are files."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Policies are files."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Policies are files."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Every policy with its faults or findings, read from its file as it is now."""
        if not self.has_view_permission(request):
            from django.core.exceptions import PermissionDenied

            raise PermissionDenied
        facts = self.admin_site.each_context(request) | {"title": "Delivery policies", "opts": Policy._meta}
        try:
            facts["policies"] = [_state(name, file) for name, file in policy_files().items()]
        except InputError as error:
            facts["faults"] = error.faults
        return TemplateResponse(request, "checkout_kit/policies.html", facts)


def _state(name: str, file: Path) -> dict[str, object]:
    state: dict[str, object] = {"name": name, "file": file}
    try:
        return state | {"in_use": policy(name).id, "findings": findings(file)}
    except (InputError, OSError) as error:
        return state | {"faults": error.faults if isinstance(error, InputError) else (error,)}
