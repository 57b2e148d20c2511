"""Tests of the repository itself: its gates and what they hold."""
