"""Order of all tests: quick ones first, then the notebooks, then what needs the built site and a browser."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a mistake in a helper show before the long tests begin; files stay together and keep their order."""

    def place(item: pytest.Item) -> int:
        if item.path.suffix == ".ipynb":
            return 1
        slow = {"site", "browser", "binder"} & {mark.name for mark in item.iter_markers()}
        return 2 if slow or item.path.parent.name == "site" else 0

    items.sort(key=place)
