"""QuickBooks' query language: a statement read into its parts (Intuit docs: query operations and syntax)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

Literal = str | bool

_TOKEN = re.compile(
    r"\s+|(?P<text>'(?:\\.|[^'\\])*')|(?P<word>[A-Za-z0-9_.\-+:]+)|(?P<sign><=|>=|!=|[=<>(),*])", re.DOTALL
)
_OPERATORS = ("=", "<", ">", "<=", ">=")
_MOST_ROWS = 1000


class QueryError(ValueError):
    """A statement that QuickBooks refuses: code 4000 (cannot be parsed) or 4001 (not valid)."""

    def __init__(self, code: int, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.message = "Error parsing query" if code == 4000 else "Invalid query"


@dataclass(frozen=True, slots=True)
class Condition:
    """`property operator values`; operator IN has several values, the others one."""

    property: str
    operator: str
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """SELECT `columns` (empty: all) or COUNT(*) FROM `entity` WHERE `conditions`, ordered, `size` rows from `start`."""

    entity: str
    count: bool = False
    columns: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    start: int = 1
    size: int = 100

    @property
    def properties(self) -> tuple[str, ...]:
        return (*(c.property for c in self.conditions), *(name for name, _ in self.order), *self.columns)


def parse(text: str) -> Statement:
    """Raises QueryError where QuickBooks would."""
    return _Parser(_tokens(text)).statement()


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens = []
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found:
            raise QueryError(4000, f"QueryParserError: Lexical error at line 1, column {place + 1}: {text[place]!r}")
        if found.lastgroup:
            tokens.append((found.lastgroup, found.group()))
        place = found.end()
    return tokens


class _Parser:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0

    def statement(self) -> Statement:
        self._keyword("SELECT")
        count, columns = self._selected()
        self._keyword("FROM")
        entity = self._name()
        conditions = self._conditions() if self._took("WHERE") else ()
        order = self._order()
        start = self._integer() if self._took("STARTPOSITION") else 1
        size = self._integer() if self._took("MAXRESULTS") else 100
        if self._place < len(self._tokens):
            raise self._fault()
        if size > _MOST_ROWS:
            raise QueryError(
                4001, f"QueryValidationError: value {size} is too large. Max allowed value is {_MOST_ROWS}."
            )
        return Statement(entity, count, columns, conditions, order, max(start, 1), size)

    def _selected(self) -> tuple[bool, tuple[str, ...]]:
        if self._took("*"):
            return False, ()
        if self._took("COUNT"):
            for sign in "(*)":
                self._keyword(sign)
            return True, ()
        columns = [self._name()]
        while self._took(","):
            columns.append(self._name())
        return False, tuple(columns)

    def _conditions(self) -> tuple[Condition, ...]:
        conditions = [self._condition()]
        while self._took("AND"):
            conditions.append(self._condition())
        return tuple(conditions)

    def _condition(self) -> Condition:
        name = self._name()
        if self._took("IN"):
            self._keyword("(")
            values = [self._value()]
            while self._took(","):
                values.append(self._value())
            self._keyword(")")
            return Condition(name, "IN", tuple(values))
        if self._took("LIKE"):
            return Condition(name, "LIKE", (self._value(),))
        for operator in _OPERATORS:
            if self._took(operator):
                return Condition(name, operator, (self._value(),))
        raise self._fault()

    def _order(self) -> tuple[tuple[str, bool], ...]:
        if self._took("ORDER"):
            self._keyword("BY")
        elif not self._took("ORDERBY"):
            return ()
        order = [self._ordered()]
        while self._took(","):
            order.append(self._ordered())
        return tuple(order)

    def _ordered(self) -> tuple[str, bool]:
        name = self._name()
        descending = self._took("DESC")
        if not descending:
            self._took("ASC")
        return name, descending

    def _value(self) -> Literal:
        kind, token = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL)
        if kind == "word" and token.lower() in ("true", "false"):
            return token.lower() == "true"
        if kind == "word" and _is_number(token):
            return token
        self._place -= 1
        raise self._fault()

    def _name(self) -> str:
        kind, token = self._next()
        if kind != "word":
            self._place -= 1
            raise self._fault()
        return token

    def _integer(self) -> int:
        token = self._name()
        if not token.isdecimal():
            self._place -= 1
            raise self._fault()
        return int(token)

    def _next(self) -> tuple[str, str]:
        if self._place >= len(self._tokens):
            raise self._fault()
        self._place += 1
        return self._tokens[self._place - 1]

    def _took(self, wanted: str) -> bool:
        if self._place < len(self._tokens) and self._tokens[self._place][1].upper() == wanted:
            self._place += 1
            return True
        return False

    def _keyword(self, wanted: str) -> None:
        if not self._took(wanted):
            raise self._fault()

    def _fault(self) -> QueryError:
        seen = self._tokens[self._place][1] if self._place < len(self._tokens) else "<EOF>"
        return QueryError(4000, f'QueryParserError: Encountered " "{seen}" "{seen} "" at token {self._place + 1}.')


def _is_number(token: str) -> bool:
    try:
        return Decimal(token).is_finite()
    except InvalidOperation:
        return False
