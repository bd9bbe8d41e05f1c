"""django-oscar's own migrations: the models are its models, so a copy could only fall behind."""

from oscar.apps.shipping import migrations as _oscar

__path__ = _oscar.__path__
