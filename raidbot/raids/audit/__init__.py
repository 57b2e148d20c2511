"""Audit entries: the changes of raids, settings and templates in words."""
