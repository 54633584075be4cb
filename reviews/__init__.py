"""The critical incident review, from notification to the review report."""
