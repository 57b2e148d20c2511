"""Shared parts of panels: routing, responses, forms, menus, permissions and error reports."""
