"""The addresses: `options` of the default policy, and `options/<name>` of another."""

from django.urls import path

from checkout_kit.django.views import options

app_name = "checkout_kit"
urlpatterns = [
    path("options", options, name="options"),
    path("options/<slug:name>", options, name="options-of"),
]
