import numpy as np
import pytest

from helpers import seeds


def test_a_stream_repeats_itself_on_every_machine():
    # computed once with numpy 2.4 on Linux; PCG64 and SeedSequence promise the same numbers everywhere
    expected = [952683, 474499, 294010, 19771]
    assert seeds.generator("test").integers(0, 1_000_000, 4).tolist() == expected


def test_streams_do_not_depend_on_each_other_or_on_order():
    first, second = seeds.generator("one").random(5), seeds.generator("two").random(5)
    assert not np.allclose(first, second)
    assert np.array_equal(seeds.generator("two").random(5), second)
    assert np.array_equal(seeds.generator("one").random(5), first)


def test_uniform_draws_of_many_streams_are_uniform():
    draws = np.array([seeds.generator(f"stream {k}").random() for k in range(2000)])
    assert abs(draws.mean() - 0.5) < 4 * np.sqrt(1 / 12 / 2000)


@pytest.mark.parametrize("name", ["", "   ", None, 3])
def test_a_stream_needs_a_name(name):
    with pytest.raises(ValueError, match="name the stream"):
        seeds.generator(name)
