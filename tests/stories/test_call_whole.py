"""From text to video and back with a third person and a recording that is played at the end, by each engine."""
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.call.janus import SECRET, janus_engine
from tests.stories import flows_whole as flow
from tests.stories.house import Hospital

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(calling_browser: Any) -> Any:
    """With a made-up camera and microphone."""
    return calling_browser


@pytest.fixture(params=[flow.DIRECT, flow.RELAY, flow.JANUS], ids=lambda one: str(one.name))
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[flow.Engine]:
    """What carries the calls, with a real Janus where it is Janus."""
    chosen = {"FUZHEN_CALL_ENGINE": request.param.name}
    if request.param is not flow.JANUS:
        yield replace(request.param, settings=chosen)
        return
    with janus_engine(tmp_path) as running:
        yield replace(request.param, settings={
            **chosen, "FUZHEN_JANUS_URL": f"ws://127.0.0.1:{running.server.port}", "FUZHEN_JANUS_SECRET": SECRET})


def test_a_visit_by_text_and_video_with_a_third_person_is_recorded_finished_and_played(
        engine: flow.Engine, open_hospital: Callable[..., Hospital]) -> None:
    whole = flow.begun(open_hospital(**engine.settings), engine)
    flow.from_text_to_video(whole)
    flow.recorded_by_both(whole)
    flow.the_media_process_is_killed(whole)
    liu = flow.an_interpreter_comes_by_link(whole)
    flow.she_is_sent_away(whole, liu)
    flow.back_to_text_and_to_the_end(whole)
    flow.both_play_the_recording(whole)
