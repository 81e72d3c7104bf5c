"""Judge error: how often a judge errs on a run's answers, and the loss corrected for it."""
