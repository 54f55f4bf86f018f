"""A look is written once for all who are shown the same, and never for anybody else."""

from gateway.console.written_once import WrittenOnce


def test_readers_alike_share_a_text_until_the_next_look() -> None:
    once, written = WrittenOnce(), iter("abcd")

    def write() -> str:
        return next(written)

    shown = [
        once.of(1, ("vi", "everywhere"), write),
        once.of(1, ("vi", "everywhere"), write),
        once.of(1, ("vi", "H31.101"), write),
        once.of(2, ("vi", "everywhere"), write),
        once.of(2, ("en", "everywhere"), write),
    ]

    assert shown == ["a", "a", "b", "c", "d"]
