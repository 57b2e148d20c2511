"""Pictures of raids: which addresses and files are taken, and what changes them."""
