"""Helpers of the book *Trade, Carbon, Causality*: ground (data), methods (estimators), page (what is shown)."""
