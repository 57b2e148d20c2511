"""Sign up and leave: reactions, buttons, direct messages, `/mysignups`."""
