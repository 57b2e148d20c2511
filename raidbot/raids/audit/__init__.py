"""Audit entries: the changes of raids, settings and templates as codes with arguments, and their words."""
