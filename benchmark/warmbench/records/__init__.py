"""What is passed on between the parts of WarmBench, typed."""
