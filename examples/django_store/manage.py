"""Run the store: `python manage.py runserver`; check its policy: `python manage.py check`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "store.settings")
    execute_from_command_line(sys.argv)
