"""Benchmarks: each bar is a ratio between our way and a reference, measured in the same minute (script/bench)."""
