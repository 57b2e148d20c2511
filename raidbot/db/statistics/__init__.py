"""Queries that sum up attendance. They read and write nothing else."""
