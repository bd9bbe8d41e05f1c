"""The store's addresses."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("delivery/", include("delivery.urls"))]
