"""The conditions that dangol brings along: for each group its facts and its rows.

Facts are functions of the profile, the open page and the clock. A number that is not known is NaN, a text that is not
known is empty. Facts that are the same are read by the same function, so that a match computes them once. One that
moves with the clock is an instance of a class of `dangol.segments.conditions.moving`. Times are unix seconds, money
minor units.

One row a line: id, labels, group, kind, fact, example; then what differs from the default.
"""
