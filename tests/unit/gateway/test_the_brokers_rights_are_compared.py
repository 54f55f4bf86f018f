"""What the broker has beside what it should have: a difference is one act, told as what it is."""

from dataclasses import replace

import pytest

from connectors.rabbitmq_admin import Binding, Permissions, TopicPermissions, User
from gateway.broker.definitions import EACH, bundles_of, definitions_of, is_importable
from gateway.broker.rights import MARK, Act, Comparison, Found, House, Wanted, agency_named, compare
from gateway.broker.topology import agency_queue, bindings_of
from gateway.identity.broker_users import all_topic_permissions_of, permissions_of

HERE, CODE, NAME = "/", "H42", "H42-1"
EVERYTHING = Permissions(".*", ".*", ".*")
HOUSE = House(
    users={NAME: Wanted(NAME, CODE, "hash", applied=True)},
    former=frozenset({NAME}),
    barred=frozenset(),
    codes=frozenset({CODE, "H42.01"}),
    queues={CODE: False},
    own=frozenset({"lienthong"}),
)
AS_WANTED = Found(
    vhost=HERE,
    users={
        NAME: User(NAME, "hash", frozenset({MARK})),
        "lienthong": User("lienthong", "own", frozenset()),
    },
    permissions={(HERE, NAME): permissions_of(CODE), (HERE, "lienthong"): EVERYTHING},
    topics={NAME: set(all_topic_permissions_of(CODE))},
    queues={agency_queue(CODE): 0},
    bindings=frozenset(Binding(*one) for one in bindings_of(CODE, events=False)),
)


def _with(name: str, *, rights: Permissions | None, tags: tuple[str, ...] = ()) -> Found:
    """The broker as wanted, with one more user."""
    permissions = {} if rights is None else {(HERE, name): rights}
    return replace(
        AS_WANTED,
        users={**AS_WANTED.users, name: User(name, "x", frozenset(tags))},
        permissions={**AS_WANTED.permissions, **permissions},
    )


def _acts(comparison: Comparison) -> list[tuple[Act, str, bool]]:
    return [(one.act, one.subject, one.drifted) for one in comparison.repairs]


def test_nothing_is_done_where_all_is_as_wanted() -> None:
    assert compare(HOUSE, AS_WANTED) == Comparison((), ())


def test_an_empty_broker_gets_all_of_it_and_that_is_no_drift() -> None:
    fresh = replace(HOUSE, users={NAME: Wanted(NAME, CODE, "hash", applied=False)})
    empty = Found(HERE, {}, {}, {}, {}, frozenset())

    assert _acts(compare(fresh, empty)) == [
        (Act.ADMIT, NAME, False),
        (Act.CONFINE, NAME, False),
        (Act.DECLARE, "agency.H42", False),
        (Act.BIND, "agency.H42", False),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        User(NAME, "another", frozenset({MARK})),
        User(NAME, "hash", frozenset({MARK, "administrator"})),
        User(NAME, "hash", frozenset()),
    ],
)
def test_a_user_that_somebody_changed_is_put_right(changed: User) -> None:
    found = replace(AS_WANTED, users={**AS_WANTED.users, NAME: changed})

    assert _acts(compare(HOUSE, found)) == [(Act.ADMIT, NAME, True)]


def test_wider_rights_are_taken_back() -> None:
    wide = replace(AS_WANTED, permissions={**AS_WANTED.permissions, (HERE, NAME): EVERYTHING})
    more = TopicPermissions("lienthong.deliveries", ".*", ".*")
    topics = replace(AS_WANTED, topics={NAME: {*AS_WANTED.topics[NAME], more}})

    assert _acts(compare(HOUSE, wide)) == [(Act.CONFINE, NAME, True)]
    assert _acts(compare(HOUSE, topics)) == [(Act.CONFINE, NAME, True)]


def test_who_is_not_wanted_any_more_goes_first_and_quietly() -> None:
    house = replace(HOUSE, users={})

    assert _acts(compare(house, AS_WANTED))[0] == (Act.EXPEL, NAME, False)


def test_who_only_wears_our_mark_goes_and_is_told() -> None:
    found = _with("H42-99", rights=EVERYTHING, tags=(MARK,))

    assert _acts(compare(HOUSE, found)) == [(Act.EXPEL, "H42-99", True)]
    assert compare(HOUSE, found).strangers == ()


def test_another_gateways_user_is_left_alone() -> None:
    found = _with("H42-99", rights=None, tags=(MARK,))
    elsewhere = replace(
        found, permissions={**found.permissions, ("other", "H42-99"): permissions_of(CODE)}
    )

    assert compare(HOUSE, elsewhere) == Comparison((), ())


def test_a_barred_agency_has_no_user_whoever_made_it() -> None:
    found = _with("H42.01", rights=permissions_of("H42.01"))
    barred = replace(HOUSE, barred=frozenset({"H42.01"}))

    assert _acts(compare(barred, found)) == [(Act.EXPEL, "H42.01", False)]


def test_strangers_are_told_and_left_alone() -> None:
    stranger = compare(HOUSE, _with("monitoring", rights=EVERYTHING))
    administrator = compare(HOUSE, _with("root", rights=EVERYTHING, tags=("administrator",)))
    without_rights = compare(HOUSE, _with("idle", rights=None))
    too_wide = compare(HOUSE, _with("H42.01", rights=EVERYTHING))

    assert stranger == Comparison((), ("monitoring",))
    assert administrator == without_rights == Comparison((), ())
    assert too_wide == Comparison((), ("H42.01",))


def test_who_was_set_up_directly_is_no_stranger() -> None:
    found = _with("H42.01", rights=permissions_of("H42.01"))
    found = replace(
        found, topics={**found.topics, "H42.01": set(all_topic_permissions_of("H42.01"))}
    )

    assert compare(HOUSE, found) == Comparison((), ())


def test_a_name_speaks_of_one_agency() -> None:
    assert [agency_named(one) for one in ("H42-1", "H42.01-12", "H42.01", "H42-x")] == [
        "H42",
        "H42.01",
        "H42.01",
        "H42-x",
    ]


def test_the_queue_of_who_has_left_is_cut_off_then_settled_then_removed() -> None:
    house = replace(HOUSE, queues={}, gone=frozenset({CODE}), users={}, former=frozenset())
    cut_off = replace(AS_WANTED, bindings=frozenset(), users={}, permissions={}, topics={})
    full = replace(cut_off, queues={agency_queue(CODE): 3})

    bound = compare(house, replace(AS_WANTED, users={}, permissions={}, topics={}))

    assert _acts(bound) == [(Act.UNBIND, "agency.H42", False)]
    assert _acts(compare(house, full)) == [(Act.SETTLE, "agency.H42", False)]
    assert _acts(compare(house, cut_off)) == [(Act.REMOVE, "agency.H42", False)]


def test_who_comes_back_keeps_its_queue() -> None:
    house = replace(HOUSE, gone=frozenset({CODE}))

    assert compare(house, AS_WANTED) == Comparison((), ())


def test_many_repairs_are_few_imports_with_the_rights_at_topics_first() -> None:
    codes = [f"H31.{number}" for number in range(101, 101 + EACH)]
    users = {f"{code}-1": Wanted(f"{code}-1", code, "hash", applied=False) for code in codes}
    house = replace(HOUSE, users=users, queues=dict.fromkeys(codes, False))
    nothing = Found(HERE, {}, {}, {}, {}, frozenset())

    repairs = compare(house, nothing).repairs
    bundles = list(bundles_of(repairs))
    steps = [list(one) for bundle in bundles for one in definitions_of(bundle, house, HERE)]

    assert all(is_importable(one, nothing) for one in repairs)
    assert [len(bundle) for bundle in bundles] == [EACH] * 4
    assert steps[:2] == [["users", "topic_permissions"], ["permissions"]]
    assert steps[-1] == ["queues", "bindings"]


def test_what_cuts_somebody_off_or_takes_something_away_is_not_imported() -> None:
    wide = replace(AS_WANTED, permissions={**AS_WANTED.permissions, (HERE, NAME): EVERYTHING})
    renewed = replace(HOUSE, users={NAME: Wanted(NAME, CODE, "hash", applied=False)})
    elsewhere = TopicPermissions("lienthong.deliveries", ".*", ".*")
    more = replace(AS_WANTED, topics={NAME: {*AS_WANTED.topics[NAME], elsewhere}})
    gone = replace(AS_WANTED, users={}, permissions={}, topics={})

    def are_importable(house: House, found: Found) -> list[bool]:
        return [is_importable(one, found) for one in compare(house, found).repairs]

    assert are_importable(HOUSE, wide) == [False]
    assert are_importable(renewed, wide) == [True]
    assert are_importable(renewed, more) == [False]
    assert are_importable(replace(HOUSE, users={}), AS_WANTED) == [False]
    assert are_importable(HOUSE, gone) == [True, True]
