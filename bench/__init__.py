"""Benchmarks that print ratios taken in one run; figures and conditions stand in docs/performance.md."""
