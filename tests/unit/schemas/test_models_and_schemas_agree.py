"""What a model accepts its published schema accepts, and the other way round but for four things.

The four that JSON Schema cannot say: that a day exists, how deep a form is, that 1.0 is not an
integer on our roads, and that an object inside a list inside a form ends somewhere.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.registry import Version
from tests.unit.schemas.cases import VERSIONS, examples_of, validator_of
from tests.unit.schemas.nearly_valid import (
    BEYOND_JSON_SCHEMA,
    faults_of_model,
    has_whole_fraction,
    nearly_valid,
)


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.kind.value)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_model_and_its_published_schema_accept_the_same(
    version: Version, data: st.DataObject
) -> None:
    document = data.draw(nearly_valid(version))

    faults = faults_of_model(version, document)
    schema_accepts = validator_of(version).is_valid(document)

    if not faults:
        assert schema_accepts
    elif schema_accepts:
        assert faults <= BEYOND_JSON_SCHEMA or has_whole_fraction(document), faults


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.kind.value)
def test_a_schema_refuses_each_example_once_a_required_field_is_gone(version: Version) -> None:
    for example in examples_of(version.model):
        for field in [
            name for name, info in version.model.model_fields.items() if info.is_required()
        ]:
            less = {name: value for name, value in example.items() if name != field}

            assert not validator_of(version).is_valid(less), field
            assert faults_of_model(version, less) == {"missing"}


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.kind.value)
def test_a_schema_refuses_a_field_that_is_nobodys(version: Version) -> None:
    for example in examples_of(version.model):
        more = example | {"surprise": 1}

        assert not validator_of(version).is_valid(more)
        assert faults_of_model(version, more) == {"extra_forbidden"}
