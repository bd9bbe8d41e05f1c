"""The suite that proves an adapter: subclass `AdapterConformance` once and supply three things."""

from checkout_kit.testing.adapters.calls import CallsSuite
from checkout_kit.testing.adapters.declarations import DeclarationSuite
from checkout_kit.testing.adapters.pages import PagesSuite
from checkout_kit.testing.adapters.questions import QuestionsSuite
from checkout_kit.testing.adapters.rates import RatesSuite
from checkout_kit.testing.adapters.reading import ReadingSuite
from checkout_kit.testing.adapters.refusals import RefusalsSuite
from checkout_kit.testing.adapters.rotation import RotationSuite
from checkout_kit.testing.adapters.supplied import Supplied
from checkout_kit.testing.adapters.webhooks import WebhooksSuite
from checkout_kit.testing.adapters.writing import WritingSuite


class AdapterConformance(
    DeclarationSuite,
    RatesSuite,
    ReadingSuite,
    WritingSuite,
    RefusalsSuite,
    RotationSuite,
    QuestionsSuite,
    PagesSuite,
    CallsSuite,
    WebhooksSuite,
    Supplied,
):
    """Every test an adapter must pass; those of capabilities it does not declare are left out.

        class TestAcme(AdapterConformance):
            adapter = AcmeAdapter(AcmeSettings(shop="demo", secret="s3cret"))
            secret = "s3cret"
            replies = Path(__file__).parents[1] / "replay"

    `replies` is a folder of replay files (`checkout_kit.testing.adapters.replay` says what they hold).
    """


__all__ = ["AdapterConformance"]
