"""Make small mistakes in a module, one at a time: what a good suite of tests must notice."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

OPERATORS: dict[type, type] = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult},
    **{ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.MatMult: ast.Mult},
    **{ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd},
    **{ast.LShift: ast.RShift, ast.RShift: ast.LShift},
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt},
    **{ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And},
}
NAMES = {"min": "max", "any": "all", "minimum": "maximum", "amin": "amax"}
NAMES |= {new: old for old, new in NAMES.items()}
UNREAD = ("annotation", "returns", "decorator_list", "bases")
TYPES = ("Literal", "NDArray", "Final", "Sequence", "Callable")


class Mutant(NamedTuple):
    """Name one mistake."""

    number: int
    line: int
    function: str
    """Name of the function around it, with those of the classes and functions around that one."""
    change: str


def mutants(source: str) -> list[Mutant]:
    """Return every mutant of a module, in the order in which they are made."""
    found = enumerate(_mistakes(ast.parse(source)))
    return [Mutant(number, line, function, said) for number, (line, function, said) in found]


def mutated(source: str, number: int) -> str:
    """Return the source of one of the ``mutants``."""
    tree = ast.parse(source)
    for at, _ in enumerate(_mistakes(tree)):
        if at == number:  # the mistake is in the tree as long as nobody asks for the next
            return ast.unparse(tree)
    raise IndexError(number)


def _mistakes(tree: ast.AST, function: str = "", above: int = 0) -> Iterator[tuple[int, str, str]]:
    """Make each mistake in the tree in turn, and take it back."""
    for child in _children(tree):
        inner = function
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inner = f"{function}.{child.name}" if function else child.name
        line = getattr(child, "lineno", above)
        for field, new in _changes(child):
            old, before = getattr(child, field), _said(child)
            setattr(child, field, new)
            yield line, inner, f"{before} → {_said(child)}"
            setattr(child, field, old)
        for lines in (getattr(child, name, None) for name in ("body", "orelse", "finalbody")):
            for at, call in enumerate(lines if isinstance(lines, list) else ()):
                if isinstance(call, ast.Expr) and isinstance(call.value, ast.Call):
                    lines[at] = ast.Pass()
                    yield call.lineno, inner, f"without {_said(call)}"
                    lines[at] = call
        yield from _mistakes(child, inner, line)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Return the parts that run and can be wrong.

    Left out are annotations, docstrings, and numbers that have a name of their own: they were
    measured, and which is best no test can tell.
    """
    for name, value in ast.iter_fields(node):
        if name not in UNREAD:
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, ast.AST) and not _is_unread(part):
                    yield part


def _is_unread(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Name) and node.value.id in TYPES
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("cast", "TypeVar")
    if isinstance(node, ast.keyword):  # the lengths that zip is told to check are always the same
        return node.arg == "strict"
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return _is_number(node)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_number(node: ast.Assign | ast.AnnAssign) -> bool:
    """Tell whether a line names a number that was measured: which is best no test can tell."""
    names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    return bool(names) and names[0].isupper() and not any(map(str.islower, names[1:]))


def _changes(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """Return the fields of a node that can be wrong, each with its wrong value."""
    match node:
        case ast.BinOp() | ast.AugAssign() | ast.BoolOp():
            yield "op", OPERATORS[type(node.op)]()
        case ast.Compare():
            for at, op in enumerate(node.ops):
                wrong = OPERATORS[type(op)]()
                yield "ops", [*node.ops[:at], wrong, *node.ops[at + 1 :]]
        case ast.Constant(value=bool()):
            yield "value", not node.value
        case ast.Constant(value=int()):
            yield "value", node.value + 1
        case ast.Constant(value=float()):
            yield "value", node.value * 1.5 or 1.0
        case ast.If() | ast.IfExp() | ast.While():
            yield "test", ast.UnaryOp(ast.Not(), node.test)
        case ast.comprehension(ifs=[_, *_]):
            yield "ifs", []
        case ast.UnaryOp(op=ast.USub()):
            yield "op", ast.UAdd()
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            yield "operand", ast.UnaryOp(copy.copy(node.op), node.operand)
        case ast.Return(value=ast.expr()) if not isinstance(node.value, ast.Constant):
            yield "value", ast.Constant(None)
        case ast.Name() if node.id in NAMES and isinstance(node.ctx, ast.Load):
            yield "id", NAMES[node.id]
        case ast.Attribute() if node.attr in NAMES:
            yield "attr", NAMES[node.attr]


def _said(node: ast.AST) -> str:
    head = ast.unparse(ast.fix_missing_locations(node)).strip().partition("\n")[0]
    return head if len(head) < 70 else f"{head[:67]}..."
