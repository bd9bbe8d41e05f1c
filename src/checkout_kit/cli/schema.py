"""`checkout-kit schema`: the JSON Schema of a shipping policy."""

import json

import click

from checkout_kit.shipping import policy_schema


@click.command("schema", short_help="Print the JSON Schema of a policy.")
def command() -> None:
    """Print the JSON Schema of a shipping policy, for editors and validators."""
    click.echo(json.dumps(policy_schema(), indent=2))
