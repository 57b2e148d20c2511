"""Values and rules of raids; no I/O, no clock, no Discord."""
