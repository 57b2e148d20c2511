"""Notice another process with the same token and another database, as far as Discord shows it.

Both would answer, remind and draw boards. Discord counts session starts, and commands get a new version when another
program registers its own; `raidbot check` looks at the same facts.
"""
