"""Spend the few edits that Discord allows per channel where they show most."""
