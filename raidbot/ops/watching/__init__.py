"""Watch the process: count what happens, and find out how things stand."""
