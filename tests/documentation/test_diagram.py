"""The drawing of an element: which children it has, and where they are."""

from __future__ import annotations

from relaxgen.documentation.diagram import MOST_CHILDREN, MOST_ROWS, Part, draw
from relaxgen.documentation.view import Box, Diagram


def drawn(*children: Part) -> Diagram:
    found = draw("<disk>", children)
    assert found is not None
    return found


def labels(diagram: Diagram) -> list[str]:
    return [box.text for box in diagram.boxes]


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def some(number: int) -> tuple[Part, ...]:
    return tuple(Part(f"<c{index}>") for index in range(number))


def test_an_element_without_children_is_not_drawn() -> None:
    assert draw("<disk>", []) is None


def test_children_and_theirs_are_in_columns_from_left_to_right() -> None:
    diagram = drawn(Part("<source>", "#Source", True, children=some(2)), Part("<target>", is_many=True))
    assert labels(diagram) == ["<disk>", "<source>", "<c0>", "<c1>", "<target>"]
    disk, source, first, second, target = diagram.boxes
    assert disk.x + disk.width < source.x == target.x
    assert source.x + source.width < first.x == second.x
    assert first.y < source.y < second.y < target.y
    assert (source.href, source.is_optional, target.is_many) == ("#Source", True, True)
    assert len(diagram.lines) == 4


def test_no_box_is_on_another_one_or_outside() -> None:
    children = tuple(Part("<x" + "y" * index + ">", children=some(index)) for index in range(12))
    diagram = drawn(*children)
    boxes = diagram.boxes
    assert not [(one, two) for i, one in enumerate(boxes) for two in boxes[i + 1 :] if overlap(one, two)]
    assert all(box.x >= 0 and box.x + box.width <= diagram.width for box in boxes)
    assert all(box.y >= 0 and box.y + box.height <= diagram.height for box in boxes)


def test_children_beyond_the_most_are_counted() -> None:
    assert labels(drawn(*some(MOST_CHILDREN)))[-1] == f"<c{MOST_CHILDREN - 1}>"
    assert labels(drawn(*some(MOST_CHILDREN + 3)))[-1] == "and 4 more"


def test_the_second_level_shrinks_before_the_drawing_is_too_high() -> None:
    few = drawn(*(Part("<a>", children=some(5)) for _ in range(5)))
    fewer = drawn(*(Part("<a>", children=some(9)) for _ in range(8)))
    fewest = drawn(*(Part("<a>", children=some(9)) for _ in range(MOST_CHILDREN)))
    assert len(few.boxes) == 1 + 5 + 25
    assert labels(fewer).count("and 7 more") == 8
    assert labels(fewest).count("and 8 more") == MOST_CHILDREN
    assert len({box.y for box in fewest.boxes if box.text != "<disk>" and box.text != "<a>"}) <= MOST_ROWS


def test_a_long_label_is_cut() -> None:
    assert drawn(Part("<" + "long" * 20 + ">")).boxes[1].text.endswith("…")
