"""The metrics of this process, a module for each subject. `docs/metrics.md` lists them."""
