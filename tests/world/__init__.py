"""A world of two years, and the proof that every figure that is made of it is right."""
