"""Rules on exercises: three tiers, a starter, a folded solution, a check that names the mistakes."""

import ast
import functools
import importlib
import re
from collections.abc import Callable
from types import ModuleType
from unittest import mock

import tidy_notebooks
from helpers.exercises import Mistake, Verdict
from house.model import EXERCISE, Chapter, exercises, last_call, tree

TIERS = ("warm-up", "practice", "project")
CHECK = re.compile(r"check\.(ex_(\d\d))$")
UNTOUCHED = "Replace the three dots"
STRANGE = ("", "text", -1, True, float("nan"), (), [1, "a", None], {"a": 1}, {1, 2}, object())


def form(chapter: Chapter) -> list[str]:
    """At least five exercises in three tiers, each with a solution; computations have a starter and a check."""
    found_exercises, found = exercises(chapter)
    if "exercises" not in chapter.items and not found_exercises:
        return found
    if len(found_exercises) < 5:
        found.append(f"{len(found_exercises)} exercises, at least five are wanted")
    tiers = {tier for item in found_exercises for tier in TIERS if f"*({tier})*" in item.title}
    found += [f"no exercise is marked *({tier})*" for tier in TIERS if tier not in tiers]
    computed = 0
    for item in found_exercises:
        if sum(f"*({tier})*" in item.title for tier in TIERS) != 1:
            found.append(f"{item.label}: the title {item.title!r} names no tier, or two")
        starters = [cell for cell in item.cells if cell.cell_type == "code"]
        solved = [cell for cell in item.solution if cell.cell_type == "code"]
        words = " ".join(EXERCISE.sub("", cell.source) for cell in item.solution if cell.cell_type == "markdown")
        if starters:
            computed += 1
            if not CHECK.match(last_call(starters[-1])) or "answer = ..." not in starters[-1].source:
                found.append(f"{item.label}: the starter does not hold 'answer = ...' and end in check.ex_NN(answer)")
            elif not solved or last_call(solved[-1]) != last_call(starters[-1]):
                found.append(f"{item.label}: the solution does not end in {last_call(starters[-1])}(answer)")
        elif len(words.split()) < 20:
            found.append(f"{item.label}: no starter, and no solution in words")
    if computed < 3:
        found.append(f"{computed} exercises with a starter and a check; at least three are wanted")
    return found


def folded(chapter: Chapter) -> list[str]:
    """The notebook is in the common form: solutions tagged and folded, no stray outputs, ids, kernel."""
    return [f"{place}: {sentence}" for place, sentence in tidy_notebooks.findings(chapter.notebook)]


def check_module(chapter: Chapter) -> ModuleType | None:
    """Return the module that a chapter imports as ``check``."""
    for _, cell in chapter.code:
        for node in ast.walk(tree(cell)):
            if isinstance(node, ast.ImportFrom) and node.module == "helpers.checks":
                for alias in node.names:
                    if alias.asname == "check":
                        return importlib.import_module(f"helpers.checks.{alias.name}")
    return None


def checks(chapter: Chapter) -> list[str]:
    """Each check the notebook calls rejects the starter, names two mistakes at least, and never stops with an error."""
    names = sorted({match[0] for _, cell in chapter.code for match in [CHECK.search(last_call(cell) or "-")] if match})
    module = check_module(chapter)
    if names and module is None:
        return ["no line 'from helpers.checks import ... as check'"]
    return [line for name in names for line in check_findings(module, name.removeprefix("check.ex_"))]


def check_findings(module: ModuleType, number: str) -> list[str]:
    """Return what is wrong with one check function."""
    grade, mistakes = getattr(module, f"ex_{number}", None), getattr(module, f"mistakes_{number}", None)
    if grade is None or mistakes is None:
        return [f"{module.__name__} lacks ex_{number} or mistakes_{number}"]
    known = functools.cache(mistakes)  # costs a second each, and the answer to the same question does not change
    answers = [name for name in (f"expected_{number}", f"_ex_{number}") if hasattr(module, name)]
    cached = {f"mistakes_{number}": known, **{name: functools.cache(getattr(module, name)) for name in answers}}
    with mock.patch.multiple(module, **cached):
        return _check_findings(grade, known(), number)


def _check_findings(grade: Callable[[object], Verdict], known: list[Mistake], number: str) -> list[str]:
    found = []
    if (verdict := grade(...)).passed or UNTOUCHED not in verdict.message:
        found.append(f"ex_{number}: the untouched starter is not rejected as such, but: {verdict!r}")
    if len(known) < 2:
        found.append(f"ex_{number}: {len(known)} typical mistakes, at least two are wanted")
    if len({item.message for item in known}) < len(known):
        found.append(f"ex_{number}: two mistakes share a message")
    for item in known:
        verdict = grade(item.value)
        if verdict.passed or verdict.message != item.message:
            found.append(
                f"ex_{number}: the mistake {item.value!r} is met with {verdict.message!r}, not with {item.message!r}"
            )
    for strange in STRANGE:
        try:
            grade(strange)
        except Exception as problem:
            found.append(f"ex_{number}: the answer {strange!r} stops it with {problem!r}")
    return found


RULES = (form, folded, checks)
