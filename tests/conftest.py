"""Settings every test shares."""

import os

from hypothesis import settings

# A busy machine is no fault of the code under test: speed is measured in bench/, never by a deadline here.
# Where CI is set, a change is judged by the same cases each time; elsewhere every run tries new ones.
settings.register_profile("checkout_kit", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("checkout_kit")
