"""The store's addresses."""

from django.contrib import admin
from django.urls import include, path

from store.views import add_to_cart, home

urlpatterns = [
    path("", home, name="home"),
    path("cart", add_to_cart, name="add-to-cart"),
    path("delivery/", include("checkout_kit.django.urls")),
    path("admin/", admin.site.urls),
]
