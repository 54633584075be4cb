"""Expressions of REDCap logic and of XLSForm as trees: read here, understood in `logic_reading`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

type Flavor = Literal["redcap", "xlsform"]
type Expression = Ref | Value | Call | Compare | Joined | Sum

DEPTH = 40
LONGEST = 20_000


@dataclass(frozen=True)
class Ref:
    """A field: its name, for a checkbox its code, and what else was named around it (an event, an instance)."""

    name: str
    code: str = ""
    around: tuple[str, ...] = ()


@dataclass(frozen=True)
class Value:
    text: str


@dataclass(frozen=True)
class Call:
    name: str
    given: tuple[Expression, ...]


@dataclass(frozen=True)
class Compare:
    sign: str  # =, !=, <, <=, >, >=
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Joined:
    word: str  # and, or
    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Sum:
    """Anything that is reckoned; its parts matter to nobody here."""

    sign: str


class BadSyntax(ValueError):
    """The expression cannot be read. `unclosed` when a bracket or a quote is at fault, which REDCap refuses too."""

    def __init__(self, message: str, *, unclosed: bool = False) -> None:
        self.unclosed = unclosed
        super().__init__(message)


@dataclass(frozen=True)
class _Token:
    kind: str  # ref, text, number, sign, word, mark, end
    text: str
    at: int


_COMMON = r"""
    (?P<blank>\s+) | (?P<text>'[^']*'|"[^"]*") | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?![A-Za-z0-9_]))
  | (?P<sign><>|!=|<=|>=|==|&&|\|\||[=<>+\-*/^%]) | (?P<mark>[(),])
"""
_REFS = {
    "redcap": r"(?P<comment>//[^\n]*) | (?P<ref>\[[^\[\]\n]*\]) | (?P<word>[A-Za-z_][A-Za-z0-9_]*)",
    "xlsform": r"(?P<ref>\$\{[^{}\n]*\}) | (?P<path>\.\.?(?:/[^\s()=<>!,+*]*)?|/[^\s()=<>!,+*]+) "
    r"| (?P<word>[A-Za-z_][A-Za-z0-9_:\-]*)",
}
_TOKENS = {flavor: re.compile(f"{refs} | {_COMMON}", re.VERBOSE) for flavor, refs in _REFS.items()}
_SIGNS = {"<>": "!=", "==": "="}
_WORDS = {"&&": "and", "||": "or"}
_REF = re.compile(r"([A-Za-z0-9_\-]+)(?:\(([^()]*)\))?(?::[A-Za-z0-9_:\-]+)?")


def parse(text: str, flavor: Flavor) -> Expression:
    """The expression as a tree. Raises BadSyntax with what is wrong and how to mend it."""
    if len(text) > LONGEST:
        raise BadSyntax(f"is longer than {LONGEST:,} characters.")
    check_brackets(text, flavor)
    return _Parser(list(_tokens(text, flavor))).whole()


def check_brackets(text: str, flavor: Flavor) -> None:
    """Every bracket and quote that opens is closed again. Raises BadSyntax."""
    pairs = {"(": ")", "[": "]"} if flavor == "redcap" else {"(": ")", "{": "}", "[": "]"}
    open_: list[tuple[str, int]] = []
    quote, quoted_at = "", 0
    for at, char in enumerate(text, 1):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote, quoted_at = char, at
        elif char in pairs:
            open_.append((char, at))
        elif char in pairs.values():
            if not open_ or pairs[open_[-1][0]] != char:
                raise BadSyntax(
                    f"closes “{char}” at character {at}, where none is open. Remove it, or open one before.",
                    unclosed=True,
                )
            open_.pop()
    if quote:
        raise BadSyntax(f"opens {quote} at character {quoted_at} and never closes it.", unclosed=True)
    if open_:
        char, at = open_[-1]
        raise BadSyntax(
            f"opens “{char}” at character {at} and never closes it. Add “{pairs[char]}”.", unclosed=True
        )


def names_in(text: str) -> list[str]:
    """The field names in square brackets of any REDCap text, whether it can be read or not."""
    return [found[1] for found in re.finditer(r"\[([a-z][a-z0-9_]*)(?:\([^()\[\]]*\))?\]", text)]


def _tokens(text: str, flavor: Flavor) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKENS[flavor].match(text, at)
        if found is None:
            raise BadSyntax(f"has “{text[at]}” at character {at + 1}, which belongs to no expression.")
        at = found.end()
        kind, said = found.lastgroup or "", found[0]
        if kind in ("blank", "comment"):
            continue
        if kind == "sign" and said in _WORDS:
            kind, said = "word", _WORDS[said]
        yield _Token(kind, _SIGNS.get(said, said) if kind == "sign" else said, found.start() + 1)
    yield _Token("end", "", len(text) + 1)


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at, self._depth = tokens, 0, 0

    @property
    def next(self) -> _Token:
        return self._tokens[self._at]

    def take(self) -> _Token:
        token = self.next
        self._at += token.kind != "end"
        return token

    def takes(self, kind: str, *texts: str) -> str:
        """The next token's text where it is one of these, else nothing is taken."""
        if self.next.kind == kind and self.next.text.lower() in texts:
            return self.take().text.lower()
        return ""

    def fail(self, token: _Token) -> NoReturn:
        what = f"“{token.text}” at character {token.at}" if token.text else "the end"
        raise BadSyntax(f"cannot be read at {what}.")

    def whole(self) -> Expression:
        read = self.joined()
        if self.next.kind != "end":
            self.fail(self.next)
        return read

    def joined(self, word: str = "or") -> Expression:
        below = self.compared if word == "and" else lambda: self.joined("and")
        parts = [below()]
        while self.takes("word", word):
            parts.append(below())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def compared(self) -> Expression:
        left = self.reckoned()
        if sign := self.takes("sign", "=", "!=", "<", "<=", ">", ">="):
            return Compare(sign, left, self.reckoned())
        return left

    def reckoned(self) -> Expression:
        """Sums and products count as one thing: no rule of ours reckons."""
        read = self.single()
        while (sign := self.takes("sign", "+", "-", "*", "/", "^", "%")) or (
            sign := self.takes("word", "div", "mod")
        ):
            self.single()
            read = Sum(sign)
        return read

    def single(self) -> Expression:
        self._depth += 1
        if self._depth > DEPTH:
            raise BadSyntax(f"has more than {DEPTH} brackets one inside the other.")
        read = self._single()
        self._depth -= 1
        return read

    def _single(self) -> Expression:
        token = self.take()
        match token.kind:
            case "text":
                return Value(token.text[1:-1])
            case "number":
                return Value(token.text)
            case "ref":
                return self.ref(token)
            case "path":
                return Ref(token.text)
            case "sign" if token.text in "+-":
                read = self.single()
                is_number = isinstance(read, Value) and token.text == "-"
                return Value(f"-{read.text}") if is_number and isinstance(read, Value) else Sum(token.text)
            case "word" if self.takes("mark", "("):
                return Call(token.text.lower(), self.given())
            case "mark" if token.text == "(":
                read = self.joined()
                if not self.takes("mark", ")"):
                    self.fail(self.next)
                return read
            case "word" if token.text.lower() in ("true", "false", "null"):
                return Call(token.text.lower(), ())
        self.fail(token)

    def given(self) -> tuple[Expression, ...]:
        given: list[Expression] = []
        while not self.takes("mark", ")"):
            given.append(self.joined())
            if not self.takes("mark", ",") and (self.next.kind, self.next.text) != ("mark", ")"):
                self.fail(self.next)
        return tuple(given)

    def ref(self, token: _Token) -> Expression:
        inside = [token.text]
        while self.next.kind == "ref" and token.text.startswith("["):
            inside.append(self.take().text)
        found = [_REF.fullmatch(one.strip("[]${} \t")) for one in inside]
        if not all(found):
            self.fail(token)
        named = [one for one in found if one is not None]
        own = named[-1] if len(named) > 1 and not _is_instance(named[-1][1]) else named[0]
        around = tuple(one[1] for one in named if one is not own)
        return Ref(own[1], (own[2] or "").strip().strip("'\""), around)


def _is_instance(name: str) -> bool:
    return name.isdigit() or name.endswith("-instance")
