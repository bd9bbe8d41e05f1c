"""One address: the options for what is in the session's cart."""

from django.urls import path

from delivery.views import options

urlpatterns = [path("options", options, name="delivery-options")]
