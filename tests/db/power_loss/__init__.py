"""Power cuts, failing disks and kills in the middle of shared commits: nothing given out is lost."""
