"""Two tables: what was promised, and what is on its way."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):  # type: ignore[misc]
    """Both tables."""

    initial = True

    dependencies = [
        ("order", "0021_billingaddress_code_shippingaddress_code"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderPromise",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("option_id", models.CharField(max_length=128)),
                ("title", models.CharField(max_length=128)),
                ("earliest", models.DateField()),
                ("latest", models.DateField(db_index=True)),
                ("ships_on", models.DateField(db_index=True)),
                ("order_by", models.DateTimeField(blank=True, null=True)),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checkout_kit_promise",
                        to="order.order",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OrderShipment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=128)),
                ("carrier", models.CharField(blank=True, max_length=64)),
                ("tracking_number", models.CharField(max_length=128)),
                ("tracking_url", models.URLField(blank=True)),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, to="order.shippingevent"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checkout_kit_shipments",
                        to="order.order",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("order", "reference"), name="checkout_kit_oscar_once")
                ],
            },
        ),
    ]
