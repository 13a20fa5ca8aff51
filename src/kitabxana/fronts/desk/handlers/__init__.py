"""The desk's views: each parses, calls one operation or some reads, and renders."""
