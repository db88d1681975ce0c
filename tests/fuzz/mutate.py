"""Bytes and values, changed by chance; the same generator makes the same change."""

import csv
import io
import json
import struct
from collections.abc import Callable
from random import Random

EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
WIDE = (0, 1, 2**31, 2**32 - 1, 2**60, 2**63 - 1, 2**64 - 1)
MOST = 4_000_000  # bytes that an input grows to
Change = Callable[[Random, bytes], bytes]


def damage(random: Random, content: bytes) -> bytes:
    """One to four places of a file changed, cut off, doubled or filled."""
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 4))):
        random.choice(_DAMAGES)(random, changed)
    return bytes(changed[:MOST])


def _flip(random: Random, content: bytearray) -> None:
    for _ in range(random.choice((1, 3, 16))):
        if content:
            content[random.randrange(len(content))] ^= 1 << random.randrange(8)


def _early(random: Random, content: bytearray) -> None:
    """Headers come first, and say most."""
    if content:
        content[random.randrange(min(len(content), 256))] = random.choice((0, 1, 255, 128, 127, 32))


def _number(random: Random, content: bytearray) -> None:
    order = random.choice("<>")
    code, values = random.choice((("H", EDGES[:7]), ("I", EDGES), ("Q", WIDE)))
    packed = struct.pack(order + code, random.choice(values))
    reach = random.choice((len(content), min(len(content), 512)))
    if len(content) > len(packed):
        at = random.randrange(max(reach - len(packed), 1))
        content[at : at + len(packed)] = packed


def _cut(random: Random, content: bytearray) -> None:
    del content[random.randrange(len(content) + 1) :]


def _drop(random: Random, content: bytearray) -> None:
    at = random.randrange(len(content) + 1)
    del content[at : at + random.choice((1, 4, 64, 1024))]


def _double(random: Random, content: bytearray) -> None:
    at, size = random.randrange(len(content) + 1), random.choice((1, 8, 64, 1024))
    content[at:at] = content[at : at + size] * random.choice((1, 2, 50))


def _splice(random: Random, content: bytearray) -> None:
    """A part of the file in the place of another."""
    size = random.choice((4, 16, 256))
    here, there = (random.randrange(len(content) + 1) for _ in range(2))
    content[here : here + size] = content[there : there + size]


def _fill(random: Random, content: bytearray) -> None:
    at, size = random.randrange(len(content) + 1), random.choice((2, 16, 256))
    content[at : at + size] = random.choice((b"\0", b"\xff", b" ", random.randbytes(1))) * size


def _strew(random: Random, content: bytearray) -> None:
    at = random.randrange(len(content) + 1)
    content[at:at] = random.randbytes(random.choice((1, 4, 32)))


_DAMAGES = (_flip, _early, _number, _number, _cut, _drop, _double, _splice, _fill, _strew)

# no path of a file that a journal could really move
TEXTS = (
    "", " ", "\0", "a\0b", "\ud800", "\udcff", "x" * 300, "x" * 5000, "../../outside.txt", "/",
    "~", "~nobody/x", "a\nb", "a\rb", "\x1b[31m", "<b>", "\u202e", "é", "e\u0301", "Ａ", "-1",
    "1e999",
    "nan", "9" * 400, "0x10", "١٢", "1_000", "true", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z",
    "20261332_256161", ".", "..", "con", "\ufeff", "'; DROP TABLE x; --", "%s%n", "{0}", "[[",
    "/proc/version",
)  # fmt: skip
NUMBERS = (
    0, 1, -1, 2, 7, 1e9, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30, 0.5,
    -0.0, 1e-320, 1e300, 1e308, -1e308, float("nan"), float("inf"), float("-inf"),
)  # fmt: skip
SPELT = (
    "1e999", "-1e999", "9" * 5000, "NaN", "-Infinity", "0.1e-999", "[" * 60 + "]" * 60,
    '{"a":' * 900 + "1" + "}" * 900, "[" * 100_000, "[" * 3000 + "]" * 3000,
    '{"a": 1, "a": 2}', '"\\ud800"', '"\\udc80"', '"\\u0000"', "'x'", "01", "tru", "",
)  # fmt: skip
"""JSON that no value can be written as."""


def value(random: Random, depth: int = 0) -> object:
    """Any JSON value; one in ten stands for a spelling of ``SPELT``."""
    kind = random.randrange(10 if depth < 3 else 8)
    if kind == 0:
        return f"@@{random.randrange(len(SPELT))}@@"
    if kind < 3:
        return random.choice((None, True, False))
    if kind < 5:
        return random.choice(NUMBERS)
    if kind < 8:
        return random.choice(TEXTS)
    number = random.choice((0, 1, 2, 4))
    if kind == 8:
        return [value(random, depth + 1) for _ in range(number)]
    return {str(value(random, 3)): value(random, depth + 1) for _ in range(number)}


def as_json(random: Random, tree: object) -> str:
    """The text of a value, with the spellings in it."""
    text = json.dumps(tree, ensure_ascii=random.random() < 0.8, indent=random.choice((None, 1)))
    for number, spelt in enumerate(SPELT):
        text = text.replace(f'"@@{number}@@"', spelt)
    return text


def _bytes(random: Random, text: str) -> bytes:
    coding = random.choice(("utf-8",) * 12 + ("utf-8-sig", "utf-16", "latin-1", "utf-32"))
    return text.encode(coding, errors="surrogatepass" if "utf" in coding else "replace")


def of_json(random: Random, content: bytes) -> bytes:
    """A document with a few of its values changed, or one of its own, or damaged bytes."""
    fate = random.random()
    if fate < 0.15:
        return damage(random, content)
    tree = value(random) if fate < 0.2 else reshaped(random, json.loads(content))
    return _bytes(random, as_json(random, tree))


def of_lines(random: Random, content: bytes) -> bytes:
    """JSON lines: some changed, doubled, left out, cut short, or in another order."""
    lines = content.decode().splitlines()
    if random.random() < 0.15:
        return damage(random, content)
    for _ in range(random.choice((1, 1, 3))):
        at = random.randrange(len(lines))
        kind = random.randrange(6)
        if kind < 3:
            lines[at] = as_json(random, reshaped(random, json.loads(content.splitlines()[0])))
            lines[at] = lines[at].replace("\n", " ")
        elif kind == 3:
            lines[at] = lines[at][: random.randrange(len(lines[at]) + 1)]
        elif kind == 4:
            lines.insert(at, random.choice((lines[at], "", "null", "[]", "\0", "x" * 10_000)))
        else:
            random.shuffle(lines)
    return _bytes(
        random, random.choice(("\n", "\n", "\r\n")).join(lines) + random.choice(("", "\n"))
    )


def reshaped(random: Random, tree: object) -> object:
    """A tree of lists and objects with one to three of its places changed."""
    holder = [tree]
    for _ in range(random.choice((1, 1, 2, 3))):
        inner, key = random.choice(list(_places(holder)))
        random.choice(_CHANGES)(random, inner, key)
    return holder[0] if holder else None


def _places(tree):
    """Every (container, key) below a tree."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, inner in list(items):
        yield tree, key
        if isinstance(inner, (dict, list)):
            yield from _places(inner)


def _replace(random: Random, inner, key) -> None:
    inner[key] = value(random)


def _remove(random: Random, inner, key) -> None:
    del inner[key]
    if isinstance(inner, list) and not inner:
        inner.append(None)


def _twist(random: Random, inner, key) -> None:
    """A value of nearly the right kind."""
    old = inner[key]
    inner[key] = random.choice(
        (str(old), [old], {"": old}, old, *([random.choice(NUMBERS)] * 2), random.choice(TEXTS))
    )


def _rename(random: Random, inner, key) -> None:
    if isinstance(inner, dict):
        inner[random.choice((key.upper(), key + " ", "", "x"))] = inner.pop(key)


def _multiply(random: Random, inner, key) -> None:
    if isinstance(inner, list):
        inner[key:key] = [inner[key]] * random.choice((1, 2, 300))


_CHANGES = (_replace, _replace, _replace, _remove, _twist, _twist, _rename, _multiply)


def of_table(random: Random, content: bytes) -> bytes:
    """CSV or TSV: cells, rows, separators and quotes changed, or damaged bytes."""
    if random.random() < 0.15:
        return damage(random, content)
    text = content.decode()
    mark = "\t" if "\t" in text else ","
    rows = list(csv.reader(io.StringIO(text), delimiter=mark))
    for _ in range(random.choice((1, 2, 4))):
        _row(random, rows)
    mark = random.choice((mark,) * 6 + (";", ",", "\t", "|"))
    file = io.StringIO()
    end = random.choice(("\n", "\r\n", "\r"))
    for row in rows:
        file.write(mark.join(_cell(random, cell) for cell in row) + end)
    return _bytes(random, file.getvalue())


def _row(random: Random, rows: list[list[str]]) -> None:
    at = random.randrange(len(rows))
    row, kind = rows[at], random.randrange(8)
    place = random.randrange(len(row) or 1)
    if kind < 4 and row:
        row[place] = str(random.choice((*TEXTS, *NUMBERS, as_json(random, value(random)))))
    elif kind == 4:
        row[place:place] = [""]
    elif kind == 5:
        del row[place:]
    elif kind == 6 and len(rows) > 1:
        del rows[at]
    else:
        rows.insert(at, list(row))


def _cell(random: Random, cell: str) -> str:
    if random.random() < 0.02:
        return random.choice((f'"{cell}', f'{cell}"', f'"{cell}"x', f"'{cell}'"))
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if set(cell) & set('",;\t\n\r') else cell


TOML = (
    "", "1", "-1", "0", "1e999", "nan", "-inf", "9" * 400, '""', '"x', "'''x", "[1, 2]", "{}",
    "true",
    "2026-01-01", '"\\ud800"', '"\\u0000"', "[" * 5000, "{a=" * 5000, "0x7fffffffffffffffffff",
    '"' + "x" * 5000 + '"', "1e-320", "8.0.0", '"s3://nowhere/x"', '"/proc/self"', '"../x"',
)  # fmt: skip


def of_toml(random: Random, content: bytes) -> bytes:
    """Settings: values replaced, lines doubled, tables put in, or damaged bytes."""
    if random.random() < 0.25:
        return damage(random, content)
    lines = content.decode().splitlines()
    for _ in range(random.choice((1, 1, 3))):
        at = random.randrange(len(lines))
        key = lines[at].partition("=")[0].strip()
        odd = (f"[{key}]", f"{key}.x = 1", f"[[{key}]]", lines[at], "\0", "x" * 10_000)
        given = f"{key} = {random.choice(TOML)}"
        lines[at : at + random.randrange(2)] = [random.choice((given, given, given, *odd))]
    return _bytes(random, "\n".join(lines))
