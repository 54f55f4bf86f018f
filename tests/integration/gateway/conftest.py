from tests.stage.fixtures import nursery

__all__ = ["nursery"]
