"""What numba can't say by itself: 64 neighbours of a column against a range in one step, and how many bits are set.

Written out in Python, the comparison's result is widened to a word for every element before it becomes a bit, which
costs twenty times as much. As vectors of LLVM it is the machine's own vector compare wherever there is one, and right
everywhere.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LANES = 64


def _inside(typing: Any, column: Any, place: Any, low: Any, high: Any) -> Any:
    """The 64 elements of `column` from `place` on, as bits: those from `low` to `high`, both included and of the
    column's own type. NaN lies in no range."""
    signature = types.uint64(column, types.intp, column.dtype, column.dtype)
    return signature, _compare


def _compare(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    column, place, low, high = args
    array_type = signature.args[0]
    element = context.get_data_type(array_type.dtype)
    data = context.make_array(array_type)(context, builder, column).data
    vector = ir.VectorType(element, LANES)
    start = builder.bitcast(builder.gep(data, [place]), vector.as_pointer())
    found = builder.load(start, align=1)
    compare = builder.fcmp_ordered if isinstance(element, (ir.FloatType, ir.DoubleType)) else builder.icmp_unsigned
    above = compare(">=", found, _splat(builder, vector, low))
    below = compare("<=", found, _splat(builder, vector, high))
    return builder.bitcast(builder.and_(above, below), ir.IntType(LANES))


def _splat(builder: Any, vector: Any, value: Any) -> Any:
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(first, first, zeros)


def _ones(typing: Any, word: Any) -> Any:
    """How many bits of a word are set."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), codegen


# As decorators they would be typed with what numba passes by itself.
inside: Any = intrinsic(_inside)
ones: Any = intrinsic(_ones)
