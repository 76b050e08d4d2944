"""Helpers of the book *Trade, Carbon, Causality*: ground (data), methods (estimators) and page (what a notebook shows)."""
