"""The `checkout-kit` command: thin wrappers, one module each."""

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="checkout-kit")
def main() -> None:
    """Shipping options, promised dates and a checkout from one policy."""
