"""Jobs of the heartbeat."""

from raidbot.utils.metrics.registry import Names, counter, gauge, summary

JOBS = Names(limit=60)

OUTCOMES = ("done", "failed", "waited")

RUNS = counter("job_runs", "Runs of jobs; waited: the database cannot be written", job=JOBS, outcome=OUTCOMES)
DURATION = summary("job_seconds", "Time that runs of a job took", job=JOBS)
LATENESS = summary("job_lateness_seconds", "Time by which runs of a job began after they were due", job=JOBS)
LAST_DONE = gauge(
    "job_last_success_timestamp_seconds", "Time of the last run that did not fail, of this process", job=JOBS
)
