"""The house rules of CONTRIBUTING.md: each takes a chapter and returns what breaks the rule, one sentence each."""
