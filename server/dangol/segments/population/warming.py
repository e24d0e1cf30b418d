"""Compiling the kernels, or loading them from numba's cache, before anybody waits for them."""

from math import inf

import numpy as np

from dangol.segments.population import kernels
from dangol.segments.population.bags import Bags
from dangol.segments.population.columns import WIDTHS, Column
from dangol.segments.population.directory import Directory, words
from dangol.segments.population.jobs import comparisons, in_ranges, look_up
from dangol.segments.population.kernels import BLOCK, LOAD, TAKE, WORDS


def warm() -> None:
    """Run each kernel once for the widths that columns usually have; takes seconds where nothing is cached."""
    bits, one = np.zeros((1, WORDS), np.uint64), np.zeros(1, np.int64)
    for width in WIDTHS:
        column = Column()
        column.array = np.zeros(BLOCK, width)
        column.write(one, np.zeros(1))
        in_ranges(column, comparisons([(0, ((0, inf),))]))(0, 1, bits)
        if width is not np.float64:
            look_up(column, np.zeros(1, np.bool_), 0)(0, 1, bits)
    for counted in (False, True):
        bags = Bags(counted)
        bags.grow(1)
        bags.write(one, one + 1, np.zeros(1), np.zeros(1))
        bags.live()
    program = np.array([[LOAD, 0, 0], [TAKE, 0, 0]], np.int64)
    kernels.run(program, bits, bits, 1, bits.copy(), np.zeros((1, 1), np.int64), bits[0].copy())
    directory, ids = Directory(), words(["v"])
    directory.add(ids, ids, one)
    directory.find(ids, ids, ids)
    directory.remove(ids, ids, one)
