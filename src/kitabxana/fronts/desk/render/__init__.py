"""Results and refusals as the desk's words and pages."""
