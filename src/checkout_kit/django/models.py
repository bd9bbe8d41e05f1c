"""A model without a table, by which Django's admin site lists the policies and knows who may see them."""

from django.db import models


class Policy(models.Model):  # type: ignore[misc]
    """A shipping policy of the setting SHIPPING_POLICIES."""

    class Meta:
        """Nothing is stored, so nothing can be added or changed."""

        managed = False
        default_permissions = ("view",)
        verbose_name = "delivery policy"
        verbose_name_plural = "delivery policies"
