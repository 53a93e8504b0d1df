from collections.abc import Callable, Mapping
from typing import Any, final

TABLE_VERSION: int

@final
class Engine:
    def __new__(
        cls,
        describe: Callable[[type[Any]], tuple[Any, ...] | None],
        resolve: Callable[[type[Any], str], tuple[type[Any], ...]],
        resolve_content: Callable[[Any, str], tuple[type[Any], ...] | bool | None],
        allows: Callable[[Any, type[Any]], bool],
        tests: Callable[[Any], tuple[Callable[[str], object], ...]],
        other_spelling: type[Exception],
        spelling: Callable[[str, str, str, str, int], tuple[Any, ...]],
        preserved: type[Any],
        any_element: type[Any],
        missing: object,
        prefixes: dict[str, str | None],
        extended: set[str],
    ) -> Engine: ...
    def target(self, classes: tuple[type[Any], ...], /) -> int: ...
    def parse(self, source: object, roots: Mapping[str, int], /) -> Any: ...
    def format(self, element: object, indent: int | None, /) -> tuple[str, bool] | None: ...
    def counts(self) -> dict[str, int]: ...

@final
class Judge:
    def __new__(cls, automaton: Any) -> Judge: ...
    def __len__(self) -> int: ...
    def accepts(self, source: object, entry: str, /) -> bool | None: ...
    def forget(self) -> None: ...
