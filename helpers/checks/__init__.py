"""Answers and typical mistakes of the exercises, one module a chapter."""
