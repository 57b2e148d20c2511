"""Tests of /stats."""
