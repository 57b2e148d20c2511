"""Calendar feeds as they are handed out: who may still have one, and what is in it."""
