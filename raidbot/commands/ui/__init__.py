"""Panels, modals and the error road."""
