"""Schedules of recurring raids: rules, their occurrences, what is due, edits, previews, and words for them."""
