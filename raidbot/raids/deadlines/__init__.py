"""Signup deadlines: a time before the start at which joining ends."""
