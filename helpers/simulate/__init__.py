"""Worlds with a known truth: simulated twins of the three panels, on real places and dates.

One module a twin (``city_carbon``, ``city_sulfur``, ``province_exports``), each with ``draw(base, switches, draw)``.
Its parameters stand in the TOML file of the same name, each with the printed cell that pins it.
"""

#: The twins, one for each empirical paper; each is a module of this package.
TWINS = ("city_carbon", "city_sulfur", "province_exports")
