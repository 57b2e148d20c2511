"""Benchmarks of how few edits keep boards right, with arrivals as people make them."""
