"""Series: recurring raids as values, the raids planned from them, and who has a standing place."""
