"""django-oscar's own admin, unchanged."""

from oscar.apps.shipping.admin import *  # noqa: F403
