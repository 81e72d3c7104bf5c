"""The check of a judge: its verdicts on the labelled answers of the judging set."""
