"""Direct messages and thread notes about raids: who gets which, and their words."""
