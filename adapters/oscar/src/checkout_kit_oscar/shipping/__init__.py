"""The fork of django-oscar's shipping app; put it in INSTALLED_APPS in place of `oscar.apps.shipping`."""
