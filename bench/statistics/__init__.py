"""Measure how long figures take."""
