"""Follow docs/operating.md as a stranger with an empty machine would: the service of systemd, and its upgrade.

Everything runs in a mount namespace of its own, in which the folders that the commands change are copies. What is not
here has a stand-in: `sudo`, packages that are installed, and `systemctl`, which is done by hand as the unit says.
"""
