"""Run small bots of other libraries against the sandbox: `make clients`."""
