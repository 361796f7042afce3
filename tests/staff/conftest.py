"""One workbench for the folder."""

from collections.abc import Iterator

import pytest

from tests.staff.running import Workbench


@pytest.fixture(scope="package")
def workbench(engine, tmp_path_factory) -> Iterator[Workbench]:
    running = Workbench(engine, tmp_path_factory.mktemp("workbench"))
    yield running
    running.stop()
