"""Values that the engine has not met: what it makes of them by recipes, and how it judges them by forms, is what the
package does, for all datatypes and facets, right and wrong texts, and unusual values."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from tests.engine.differences import difference, expat_verdict, native_of, outcome, without_engine

TYPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "int": ("xsd:int", ("0", "7", "-12", "2147483647", "-2147483648", "2147483648", "007", "+5", " 8 ", "-0")),
    "byte": ("xsd:byte", ("127", "-128", "128", "0")),
    "unsigned": (
        "xsd:unsignedLong",
        ("18446744073709551615", "18446744073709551616", "999999999999999999", "-1", "-0"),
    ),
    "any_int": ("xsd:integer", ("123456789012345678901234567890", "-1", "0" * 30, "1" * 4001)),
    "positive": ("xsd:positiveInteger", ("1", "0", "40117")),
    "bounded": ('xsd:integer { minInclusive = "-10" maxExclusive = "100" }', ("-10", "-11", "99", "100", "0099")),
    "outside": ('xsd:long { minExclusive = "-1" totalDigits = "4" }', ("0", "-1", "9999", "10000", "00012")),
    "padded": ('xsd:unsignedShort { pattern = "[0-9]{4}" }', ("0001", "1234", "12", "12345")),
    "amount": ("xsd:decimal", ("1.50", "0.0000001", "-0.0", ".5", "5.", "+1.0", "01.5", "1e5", "1234567.890", "-")),
    "price": (
        'xsd:decimal { minInclusive = "0.5" maxInclusive = "99.95" fractionDigits = "2" totalDigits = "4" }',
        ("0.5", "0.49", "99.95", "99.951", "99.96", "1.230", "12.345", "00.50", "1"),
    ),
    "more": ('xsd:decimal { minExclusive = "-1.5" maxExclusive = "1.50" }', ("-1.5", "-1.49", "1.5", "1.4999", "0")),
    "ratio": (
        "xsd:double",
        ("1.0", "1e5", "1.5e-7", "100000.0", "INF", "-INF", "NaN", "+INF", "1", "1E400", ".5", "-0.0"),
    ),
    "single": ("xsd:float", ("1.0", "16777217.0", "3.4e39")),
    "half": ('xsd:double { maxInclusive = "0.5" }', ("0.5", "0.6", "NaN")),
    "truth": ("xsd:boolean", ("true", "false", "1", "0", " true ", "True")),
    "string": ('xsd:string { minLength = "2" maxLength = "5" }', ("ab", "a", "abcdef", "äöüß€", "  ", "a\tb", "𝄞𝄞")),
    "exact": ('xsd:string { length = "3" }', ("abc", "ab", "äöü", "a b", "𝄞𝄞𝄞")),
    "normal": ('xsd:normalizedString { pattern = "a b|[^ ]*" }', ("a b", "a\tb", "a\nb", "ab")),
    "token": ('xsd:token { maxLength = "5" }', ("ab cd", " ab  cd ", "abcdef", "\tab\ncd")),
    "uuid": (
        'xsd:string { pattern = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}" }',
        ("c7a5fdbd-edaf-9455-926a-d65c16db1809", "c7a5fdbd-edaf-9455-926a-d65c16db180"),
    ),
    "path": ('xsd:string { pattern = "/[^\\n\\r]*" }', ("/var/lib", "var", "/ü/é", "/a\nb")),
    "word": ('xsd:string { pattern = "[\\i-[:]][\\c-[:]]*" }', ("abc", "a1", "1a", "é1", "a:b")),
    "digits": ('xsd:string { pattern = "\\d{2}" }', ("12", "٣٤", "1", "a1")),
    "two": (
        'xsd:token { pattern = "[a-z ]+" pattern = ".*o.*" minLength = "3" }',
        ("foo", "bar", " f o ", "f  o", "fo"),
    ),
    "long_one": ('xsd:string { pattern = "(ab)*" }', ("ab" * 600, "ab" * 400 + "a", "", "aba")),
    "name": ("xsd:Name", ("a:b", "a1", "1a", ":a", "é", "a b", " a ")),
    "ncname": ('xsd:NCName { maxLength = "4" }', ("ab", "a:b", "abcde", "_x.-", "é")),
    "nmtoken": ("xsd:NMTOKEN", ("1a", "a:b", "-", "", "é", "a b")),
    "language": ("xsd:language", ("en", "pt-BR", "abcdefghi", "en-", "e1", "en-1a")),
    "uri": (
        "xsd:anyURI",
        (
            *[
                "http://a/b",
                "a:",
                ":a",
                "//",
                "a://",
                "1a:b",
                "a#b#c",
                "a%2",
                "a%20",
                "http://[::1]/",
                "#f",
                "a:#f",
                "?a:b",
                "x:/y",
            ],
            "ü b",
            "",
        ),
    ),
    "day": (
        "xsd:date",
        (
            *[
                "2024-02-29",
                "2023-02-29",
                "1900-02-29",
                "2000-02-29Z",
                "0000-01-01",
                "-0001-02-29",
                "12024-01-31",
                "02024-01-01",
            ],
            *["2024-04-31", "2024-01-01+14:00", "2024-01-01-14:01", "2024-1-1", "12345678901-01-01"],
            " 2024-01-01 ",
        ),
    ),
    "moment": (
        "xsd:dateTime",
        (
            *["2024-01-01T24:00:00", "2024-01-01T24:00:01", "2024-01-01T23:59:60.5Z", "2024-01-01T12:00:00."],
            *["2024-01-01t12:00:00", "2024-01-01T25:00:00"],
        ),
    ),
    "clock": ("xsd:time", ("12:00:00", "24:00:00.000", "24:00:00.001", "12:60:00", "12:00", "12:00:00+00:60")),
    "late": ('xsd:date { minInclusive = "2024-01-01" }', ("2024-01-01", "2023-12-31")),
    "month": ("xsd:gMonth", ("--12", "--13", "--01Z")),
    "month_day": ("xsd:gMonthDay", ("--02-29", "--02-30")),
    "monthly": ("xsd:gDay", ("---31", "---32", "---00")),
    "year": ("xsd:gYear", ("2024", "-2024", "24", "0000")),
    "year_month": ("xsd:gYearMonth", ("2024-12", "2024-13")),
    "span": ("xsd:duration", ("P1D", "P", "PT1.5S")),
    "octets": ("xsd:hexBinary", ("0aFF", "0", "")),
    "either": ('"auto" | xsd:unsignedInt', ("auto", " auto ", "12", "-1", "x")),
    "or_text": (
        "'none' | 'a b' | xsd:token { pattern = '[a-z]{2}[0-9 ]*' }",
        ("none", "a b", " a  b", "ab1", " ab 1", "é"),
    ),
    "like_words": ("'1' | 'ab' | xsd:string { pattern = '[a-z]{2}' }", ("1", "ab", "cd", " ab ")),
    "padded_words": (
        "'ab' | string 'x ' | xsd:string { pattern = ' ?[a-z]{3} ?| ab ' }",
        ("ab", " ab ", "abc", " abc", "x "),
    ),
    "truths": ("'yes' | 'no' | xsd:positiveInteger", ("yes", "no", " no", "1", "0", "true")),
    "mixed": ('xsd:int | xsd:decimal | "none"', ("1", "1.5", "none", "01", "x")),
    "but": ('xsd:int - "7"', ("7", "8", "07", "x")),
    "but_names": ("xsd:NCName - (xsd:NCName { pattern = '[a-c]+' } | 'x')", ("abc", "x", "abd", " x ", "é")),
    "floats": (
        "list { xsd:double* }",
        ("1.0 2.5 -1.5e-7", "1.0  2.5", " 1.0", "", " ", "INF 1.0", "x", "1.0 " * 40 + "2.0"),
    ),
    "pairs": ("list { xsd:int, xsd:int, xsd:int? }", ("1 2", "1", "1 2 3", "1 2 3 4", "01 2", "1\t2")),
    "gap": ("list { xsd:int | (xsd:int, xsd:int, xsd:int+) }", ("1", "1 2", "1 2 3")),
    "others": ("list { (xsd:int | xsd:NCName)+ }", ("1 a", "1", "1 a 1.0")),
    "words": ("list { xsd:NCName+ }", ("a b", "a", "1", "a é b", "a:b")),
    "only_but": ("list { (xsd:int - '7')+ }", ("1 2", "7", "1 7")),
    "tokens": ("xsd:NMTOKENS { maxLength = '3' }", ("a b c", "a  b", "a b c d", "", "1")),
    "references": ("xsd:IDREFS", ("a b", "1 a", "", "a")),
    "numbers": ("list { xsd:int+ }", ("1 2 3", "1  2", "x", "")),
    "spaces": ("string 'a b' | xsd:int", ("a b", "a  b", " a b", "3")),
    "nothing": ("empty | xsd:int", ("", " ", "1", "x", "\r")),
    "nothing_or": ("empty | xsd:string { length = '3' }", ("", " ", "\r", " \r", "abc", "ab", "ab\r")),
    "strings": ("list { string* }", ("a b", "a\rb", "a", "")),
    "anything": ("xsd:string", ("", " a ", "\t", "é")),
}
"""Each kind of text, as the compact syntax has it, with texts that are close to its limits."""

ALPHABET = "0123456789+-.:/TZeEx#%[]ab_ \t\n\ré٣𝄞"
ROUNDS = 36
"""More than it takes until the engine asks for recipes and forms."""

MANY_ROUNDS = 1000


@pytest.fixture(scope="module")
def package(generated_for_engine: Callable[[str, Path], ModuleType], import_path: Path) -> ModuleType:
    schema = import_path / "engine_values.rnc"
    fields = [f"element {name} {{ attribute of {{ {kind} }}?, ({kind}) }}*" for name, (kind, _) in TYPES.items()]
    schema.write_text(f"start = element values {{ {', '.join(fields)} }}", encoding="utf-8")
    return generated_for_engine("engine_values", schema)


def varied(chance: random.Random, text: str) -> str:
    """The text with a few characters more, fewer, or others."""
    for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
        place = chance.randint(0, len(text))
        text = text[:place] + chance.choice(("", chance.choice(ALPHABET))) + text[place + chance.randint(0, 1) :]
    return text


def escaped(text: str) -> str:
    marks = {"&": "&amp;", "<": "&lt;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;", "'": "&apos;"}
    return "".join(marks.get(character, character) for character in text)


def document(name: str, text: str, other: str) -> str:
    return f"<values><{name} of='{escaped(other)}'>{escaped(text)}</{name}></values>"


@pytest.fixture(scope="module")
def validation(package: ModuleType) -> ModuleType:
    return importlib.import_module("engine_values._runtime.validator")


def wrong(package: ModuleType, validation: ModuleType, source: str) -> str:
    """How the engine and the package differ on a document; as `differences.problem`, for one entry."""
    found, error = outcome(package.parse, source)
    validator = validation._validator(package.__name__, "")
    judged = validator.judged(source, ""), expat_verdict(validation, validator, source, "")
    with without_engine(package):
        pure, pure_error = outcome(package.parse, source)
        text = "" if pure is None else package.format(pure, validate=False)
    if error != pure_error or judged[0] is not judged[1]:
        return f"{error or 'accepted'}, pure: {pure_error or 'accepted'}, judged {judged}"
    if found is None:
        return ""
    return difference(found, pure) or ("" if package.format(found, validate=False) == text else text)


@pytest.mark.parametrize("name", TYPES)
def test_texts(package: ModuleType, validation: ModuleType, name: str) -> None:
    check_texts(package, validation, name, ROUNDS)


@pytest.mark.slow
@pytest.mark.parametrize("name", TYPES)
def test_many_texts(package: ModuleType, validation: ModuleType, name: str) -> None:
    check_texts(package, validation, name, MANY_ROUNDS)


def check_texts(package: ModuleType, validation: ModuleType, name: str, rounds: int) -> None:
    chance = random.Random(f"{name} {rounds}")
    samples = TYPES[name][1]
    for number in range(rounds):
        text = samples[number % len(samples)] if number % 3 == 0 else varied(chance, chance.choice(samples))
        other = varied(chance, text)
        assert wrong(package, validation, document(name, text, text)) == "", text
        assert wrong(package, validation, document(name, chance.choice(samples), other)) == "", other


UNUSUAL = (
    *(["a"], ["a b"], ["a", 1], [1.5, 2.0], [1e400], [Decimal("1.0")], [True], [10**30, 1], ["é", "a"], [None]),
    *(0, 1, -1, True, False, 7, 10**18, -(10**18), 2**63, -(2**63), 2**64, 10**30, None, b"ab", (), [], [1, 2]),
    *(1.0, 1, 0.5, 1e22, 1e-7, 1e400, -0.0, float("nan")),
    *map(Decimal, ("1.0", "1E+2", "1E-7", "-0", "NaN", "Infinity", "0.00", "1." + "1" * 80)),
    *("", " ", "a", "auto", "none", "\0", "\ud800", "é", "ab\ud800", "x" * 5000, "/a", "/é", "/\0", "/\ud800", "a b"),
)


@pytest.mark.parametrize("name", TYPES)
def test_values(package: ModuleType, name: str) -> None:
    field = next(field.name for field in package.Values._fields if field.xml == name)
    kind = getattr(package, f"Values{name.title().replace('_', '')}")
    written = 0
    for value in [*UNUSUAL, *TYPES[name][1], *range(50), *map(str, range(100, 150)), *UNUSUAL, *TYPES[name][1]]:
        values = package.Values(**{field: [kind(of=value, value=value)]})
        found = outcome(package.format, values, validate=False)
        with without_engine(package):
            assert found == outcome(package.format, values, validate=False), value
        written += not found[1]
    assert written


def test_new_values_are_left_to_no_python(
    package: ModuleType, validation: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = {
        "int": ("{}", "-{}"),
        "price": ("{0}.5", "{0}"),
        "uuid": ("c7a5fdbd-edaf-9455-926a-d65c16db{:04}",),
        "day": ("{:04}-01-31",),
    }
    for number in range(20, 60):
        for name, texts in new.items():
            for text in texts:
                package.format(package.parse(document(name, text.format(number), text.format(number)), validate=True))
    steps = importlib.import_module("engine_values._runtime.validator").Steps
    monkeypatch.setattr(steps, "text", None)
    monkeypatch.setattr(steps, "attribute", None)
    converters = importlib.import_module("engine_values._runtime.converters")
    monkeypatch.setattr(converters.Converter, "__missing__", None)
    monkeypatch.setattr(converters, "why_none", None)
    for number in range(60, 95):
        for name, texts in new.items():
            for text in texts:
                source = document(name, text.format(number), text.format(number)) + "\n"
                found = native_of(package).engine.parse(source, native_of(package).roots)
                assert native_of(package).engine.format(found, None) is not None
                assert validation._validator(package.__name__, "").judged(source, "")
