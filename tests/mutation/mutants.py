"""Small slips in the source of a module: one node changed at a time, each with what it was and what it became."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
NAMES = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "all_of": "any_of",
    "any_of": "all_of",
    "sorted": "list",
    "ROUND_CEILING": "ROUND_FLOOR",
    "ROUND_FLOOR": "ROUND_CEILING",
    "ROUND_HALF_UP": "ROUND_FLOOR",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One slip: where it is, what stood there and what stands there now, and the module with it."""

    path: Path
    line: int
    function: str
    before: str
    after: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """What a judgement names it by: no line, so that it stays true when code moves."""
        return f"{self.path.stem}.{self.function}: {self.before} -> {self.after}"

    def code(self) -> CodeType:
        """The whole module compiled with the slip in it."""
        return compile(self.tree, str(self.path), "exec")


def mutants(path: Path) -> list[Mutant]:
    """Every slip of a file inside a function, in the order of lines; of equal names the later ones are numbered."""
    tree = ast.parse(path.read_text("utf-8"))
    found: list[Mutant] = []
    seen: dict[str, int] = {}
    for function, node in _nodes(tree):
        for changed in _changes(node):
            before, after = _told(node), _told(changed)
            key = f"{function}: {before} -> {after}"
            seen[key] = seen.get(key, 0) + 1
            shown = after if seen[key] == 1 else f"{after} (again {seen[key]})"
            line = getattr(node, "lineno", 0)
            found.append(Mutant(path, line, function, before, shown, _with(tree, node, changed)))
    return found


def _nodes(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Nodes inside functions, methods and module-level lambdas, with the name of the outermost function."""
    for outer in tree.body:
        inside = outer.body if isinstance(outer, ast.ClassDef) else [outer]
        prefix = f"{outer.name}." if isinstance(outer, ast.ClassDef) else ""
        for part in inside:
            if isinstance(part, ast.FunctionDef):
                body = part.body[1:] if ast.get_docstring(part) is not None else part.body
                yield from ((prefix + part.name, node) for statement in body for node in _walk(statement))
            else:
                for node in ast.walk(part):
                    if isinstance(node, ast.Lambda):
                        yield from (("<lambda>", inner) for inner in _walk(node.body))


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Everything that runs: annotations and the words of errors are left out."""
    if isinstance(node, ast.Raise):
        return
    yield node
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns"}:
            continue
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, ast.AST):
                yield from _walk(inner)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """The slips of one node."""
    for kind, change in CHANGES.items():
        if isinstance(node, kind):
            yield from change(node)


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    if len(node.ops) == 1:
        for other in COMPARE[type(node.ops[0])]:
            yield ast.Compare(node.left, [other()], node.comparators)


def _boolean(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for at in range(len(node.values)):
        rest = node.values[:at] + node.values[at + 1 :]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _arithmetic(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in ARITHMETIC:
        yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)


def _sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _branch(node: ast.If | ast.IfExp) -> Iterator[ast.AST]:
    test = ast.UnaryOp(ast.Not(), node.test)
    if isinstance(node, ast.If):
        yield ast.If(test, node.body, node.orelse)
    else:
        yield ast.IfExp(test, node.body, node.orelse)


def _name(node: ast.Name) -> Iterator[ast.AST]:
    if node.id in NAMES and isinstance(node.ctx, ast.Load):
        yield ast.Name(NAMES[node.id], ast.Load())


def _return(node: ast.Return) -> Iterator[ast.AST]:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield ast.Return(ast.Constant(None))


def _constants(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, str) and value and not node.kind:
        yield ast.Constant(value + "?")


CHANGES: dict[type[ast.AST] | tuple[type[ast.AST], ...], Callable[..., Iterator[ast.AST]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.BinOp: _arithmetic,
    ast.UnaryOp: _sign,
    (ast.If, ast.IfExp): _branch,
    ast.Name: _name,
    ast.Return: _return,
    ast.Constant: _constants,
}


def _told(node: ast.AST) -> str:
    """The node as code, of a statement its first line."""
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).splitlines()[0]


def _with(tree: ast.Module, node: ast.AST, changed: ast.AST) -> ast.Module:
    """The module with one node exchanged; lines stay where they were."""

    class Exchange(ast.NodeTransformer):
        def visit(self, found: ast.AST) -> ast.AST:
            if found is node:
                return ast.copy_location(changed, node)
            return self._copied(found)

        def _copied(self, found: ast.AST) -> ast.AST:
            fields = {}
            for name, value in ast.iter_fields(found):
                if isinstance(value, list):
                    fields[name] = [self.visit(item) if isinstance(item, ast.AST) else item for item in value]
                else:
                    fields[name] = self.visit(value) if isinstance(value, ast.AST) else value
            return ast.copy_location(type(found)(**fields), found)

    return ast.fix_missing_locations(Exchange().visit(tree))  # type: ignore[return-value, arg-type]
