"""Random numbers of the book: every draw comes from one master seed, and every use has a stream of its own.

The master seed was fixed before anything was drawn with it and is never changed to make a result look better. It is the
day on which the approval of the first pilot zone was released, 12 March 2015.
"""

from __future__ import annotations

import hashlib

import numpy as np

MASTER_SEED = 20150312


def generator(stream: str) -> np.random.Generator:
    """Return the random generator of a named stream.

    Two streams are independent; the same stream gives the same numbers on every machine and in any order of use.

    Parameters
    ----------
    stream : str
        Where the numbers are used, for example ``"01_policy/02_a_first_did/placebo"``.

    Returns
    -------
    numpy.random.Generator

    Raises
    ------
    ValueError
        If the stream has no name.

    Notes
    -----
    The stream's name, hashed (SHA-256, eight 32-bit words), is the spawn key of the master seed's
    :class:`numpy.random.SeedSequence`.
    """
    if not isinstance(stream, str) or not stream.strip():
        raise ValueError("seeds.generator: name the stream by where its numbers are used")
    words = np.frombuffer(hashlib.sha256(stream.encode("utf-8")).digest(), dtype="<u4")
    return np.random.default_rng(np.random.SeedSequence(MASTER_SEED, spawn_key=tuple(int(word) for word in words)))
