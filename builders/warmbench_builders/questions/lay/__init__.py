"""MedQA's vignettes in a lay person's words."""
