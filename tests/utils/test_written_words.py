"""Converted files write new sentences with `say` and `count` only, read from the syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from raidbot.utils.words import placeholders

ROOT = Path(__file__).parent.parent.parent
CONVERTED = (
    "raidbot/commands/recurring",
    "raidbot/commands/signups",
    "raidbot/raids/messages",
    "raidbot/raids/notifications.py",
    "raidbot/raids/rosters",
    "raidbot/raids/schedules",
    "raidbot/raids/series/drafting",
)
"""Files and folders in which every sentence of a refusal or a notice is a Text; the others follow one by one."""

FORMS = {"say": 1, "count": 2}
"""Functions that build a sentence, with the number of their forms."""
TEXT_OF = {"Notice": (2, "text"), "Button": (0, "label")}
"""Values with a text, by its place and name; their other arguments are no sentences."""
CHAINS = {"paragraph", "lines"}
BUILDERS = {"format", "format_map", "join", "replace"}
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Assigned = dict[str, list[ast.expr]]
"""Names with the values they are given, in a function or at the top of the file."""


def converted() -> list[Path]:
    places = [ROOT / place for place in CONVERTED]
    return sorted(path for place in places for path in ([place] if place.is_file() else place.rglob("*.py")))


def faults(source: str) -> list[str]:
    """Every sentence of a file that is not written as a value, as line and reason."""
    tree = ast.parse(source)
    constants = _assigned(*tree.body, deep=False)
    found = [fault for call, known in _calls(tree, constants) for fault in _faults_of(call, known)]
    return [f"line {line}: {fault}" for line, fault in sorted(set(found))]


def _calls(tree: ast.AST, known: Assigned) -> Iterator[tuple[ast.Call, Assigned]]:
    """Every call, with the names that are known where it is made."""
    for node in ast.iter_child_nodes(tree):
        inside = {**known, **_assigned(node)} if isinstance(node, Function) else known
        if isinstance(node, ast.Call):
            yield node, inside
        yield from _calls(node, inside)


def _assigned(*statements: ast.AST, deep: bool = True) -> Assigned:
    names: Assigned = {}
    for node in (inner for one in statements for inner in (ast.walk(one) if deep else [one])):
        match node:
            case ast.Assign(targets=targets, value=value):
                for name in (one for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)):
                    names.setdefault(name.id, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                names.setdefault(name, []).append(value)
            case ast.AugAssign(target=ast.Name(id=name)):
                names.setdefault(name, []).append(ast.BinOp(node.target, node.op, node.value, lineno=node.lineno))
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                names.setdefault(name, []).append(value)
    return names


def _faults_of(call: ast.Call, known: Assigned) -> Iterator[tuple[int, str]]:
    name = _name(call)
    if name in FORMS:
        yield from ((call.lineno, fault) for fault in _wrong_forms(call, FORMS[name]))
    for text in _texts(call, name):
        yield from _built(text, known)
        if name not in FORMS or text not in call.args:
            yield from _plain(text, known)


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _texts(call: ast.Call, name: str) -> Iterator[ast.expr]:
    """Arguments of the call that end in a sentence; every `__init__` that is called is taken for a Refusal's."""
    match call.func:
        case ast.Name() if name in {*FORMS, *CHAINS}:
            yield from (*call.args, *(keyword.value for keyword in call.keywords))
        case ast.Name() if name in TEXT_OF:
            place, keyword_name = TEXT_OF[name]
            yield from call.args[place : place + 1]
            yield from (keyword.value for keyword in call.keywords if keyword.arg == keyword_name)
        case ast.Name(id="Refusal") | ast.Attribute(attr="__init__"):
            yield from (*call.args, *(keyword.value for keyword in call.keywords))
        case _:
            pass


def _built(text: ast.expr, known: Assigned, seen: frozenset[str] = frozenset()) -> Iterator[tuple[int, str]]:
    """Places where a string is built by other means, also in the names that the text is made of."""
    for node in ast.walk(text):
        match node:
            case ast.JoinedStr():
                yield node.lineno, "an f-string"
            case ast.BinOp(op=ast.Add() | ast.Mod()):
                yield node.lineno, "an operator between texts"
            case ast.Call(func=ast.Attribute(attr=method)) if method in BUILDERS:
                yield node.lineno, f"a call of {method}"
            case ast.Name(id=name) if name in known and name not in seen:
                for value in known[name]:
                    yield from _built(value, known, seen | {name})


def _plain(text: ast.expr, known: Assigned, seen: frozenset[str] = frozenset()) -> Iterator[tuple[int, str]]:
    match text:
        case ast.Constant(value=str()):
            yield text.lineno, "a plain string"
        case ast.IfExp(body=one, orelse=other):
            yield from (*_plain(one, known, seen), *_plain(other, known, seen))
        case ast.BoolOp(values=values):
            yield from (fault for value in values for fault in _plain(value, known, seen))
        case ast.Name(id=name) if name not in seen:
            yield from (fault for value in known.get(name, ()) for fault in _plain(value, known, seen | {name}))


def _wrong_forms(call: ast.Call, number: int) -> Iterator[str]:
    forms = [form.value for form in call.args[:number] if isinstance(form, ast.Constant)]
    names = {keyword.arg for keyword in call.keywords if keyword.arg}
    if len(forms) < number or not all(isinstance(form, str) for form in forms):
        yield "the sentence is no literal"
    elif len(names) < len(call.keywords) or any(isinstance(argument, ast.Starred) for argument in call.args):
        yield "the arguments cannot be counted"
    elif any(placeholders(str(form)) != names | ({"n"} if number > 1 else set()) for form in forms):
        yield "placeholders and arguments differ"


@pytest.mark.parametrize("path", converted(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_sentences_are_values(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


def test_the_list_names_what_is_there() -> None:
    assert [place for place in CONVERTED if not (ROOT / place).exists()] == []
    assert list(CONVERTED) == sorted(CONVERTED)


REFUSAL = "class Full(Refusal):\n    def __init__(self, role):\n        "


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('say(f"Hello {name}")', "f-string"),
        ('say("Hello " + name)', "operator"),
        ('say("Hello %s" % name)', "operator"),
        ('say("Hello {}".format(name))', "format"),
        ("say(sentence)", "no literal"),
        ("say()", "no literal"),
        ('count("{n} seat", plural, 3)', "no literal"),
        ('say("Hello {name}")', "differ"),
        ('say("Hello {name}", nam=name)', "differ"),
        ('say("Hello", name=name)', "differ"),
        ('count("a seat", "{n} seats", 3)', "differ"),
        ('say("Hello {name}", **names)', "cannot be counted"),
        ('say("Hello {name}", name=f"{first} {last}")', "f-string"),
        ('say("Hello {name}", name=Raw("**" + name + "**"))', "operator"),
        ('say("Hello {names}", names=", ".join(names))', "join"),
        ('say("Hello {name}", name="Ann")', "plain string"),
        ('lines(f"Hello {name}", None)', "f-string"),
        ('paragraph(say("Hello."), "And another.")', "plain string"),
        ('Notice(key, member, f"Hello {name}")', "f-string"),
        ('Notice(key, member, text="Hello")', "plain string"),
        ('Button("Come", address)', "plain string"),
        ('raise Refusal("No.")', "plain string"),
        ('raise Refusal(f"No {role}.")', "f-string"),
        (f'{REFUSAL}super().__init__("No.")', "plain string"),
        ('NO = "No."\nraise Refusal(NO)', "plain string"),
        ('raise Refusal(say("Yes.") if role else "No.")', "plain string"),
        ('raise Refusal(text="No.")', "plain string"),
        (f'{REFUSAL}text = "No."\n        super().__init__(text)', "plain string"),
        (f'{REFUSAL}super().__init__(f"No {{role}}.")', "f-string"),
        (f'{REFUSAL}Refusal.__init__(self, f"No {{role}}.")', "f-string"),
        (f'{REFUSAL}text = f"No {{role}}."\n        super().__init__(text)', "f-string"),
        (f'{REFUSAL}text = say("No.")\n        text += say("Go.")\n        super().__init__(text)', "operator"),
        (f'{REFUSAL}roles = ", ".join(role)\n        super().__init__(say("No {{roles}}.", roles=roles))', "join"),
    ],
)
def test_a_sentence_built_by_other_means_is_found(source: str, reason: str) -> None:
    found = faults(source)

    assert found
    assert any(reason in fault for fault in found)


@pytest.mark.parametrize(
    "source",
    [
        'say("Hello.")',
        'say("Hello {name}, hello {name}", name=Name(member.name))',
        'say("Hello, one sentence." " And another.")',
        'say("{raid} is full.", raid=raid.name)',
        'count("{n} seat in {raid}", "{n} seats in {raid}", len(seats), raid=Name(raid.name))',
        'paragraph(say("Hello."), None, *more)',
        'Button(say("Come"), f"{REPLY}:{raid.id}:yes")',
        'Notice(f"raid:{raid.id}", member, say("Hello."), expires)',
        'best_effort.say(member, f"{refusal}")',
        'log.info("a" + "b")',
        'def reasons():\n    return ", ".join(said)',
        f"{REFUSAL}super().__init__(say('No {{role}}.', role=Name(role)))",
        f"{REFUSAL}text = say('No.')\n        super().__init__(text)",
        'say("See {link}.", link=Raw("https://example.org"))',
        "class Cog(commands.Cog):\n    def __init__(self):\n        super().__init__()",
        'NO = say("No.")\nraise Refusal(NO)',
        "raise NotSignedUp",
        "raise NotInRole(role)",
    ],
)
def test_a_sentence_as_a_value_is_let_be(source: str) -> None:
    assert faults(source) == []
