"""Events of servers and boards, handled in order."""
