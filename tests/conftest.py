"""Settings every test shares."""

from hypothesis import settings

# A busy machine is no fault of the code under test: speed is measured in bench/, never by a deadline here.
settings.register_profile("checkout_kit", deadline=None, print_blob=True)
settings.load_profile("checkout_kit")
