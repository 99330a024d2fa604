"""`fuzhen retention`: preview shows and keeps, run needs a second person, hold and release say why."""
import json

import pytest
from typer.testing import CliRunner

from app.retention import api as retention
from app.retention.cli import app
from app.retention.problems import SamePerson
from tests.cast import finished_visit
from tests.retention.years import left, years_pass


def run(scene, *words):
    """What was printed, and the exit status."""
    result = CliRunner().invoke(app, list(words), obj=lambda: scene.house)
    return result.output, result.exit_code


def test_the_whole_way_at_the_command_line(scene):
    visit = finished_visit(scene)
    assert run(scene, "preview") == ("nothing-due: Nothing has passed its period\n", 1)
    years_pass(scene, 3, days=1, of=visit.ended_at)
    shown = json.loads(run(scene, "preview", "--json")[0])
    assert {"chat"} <= {one["kind"] for one in shown["items"]} and left(scene, "chat", visit.id)
    assert run(scene, "run", shown["report"])[1] == 1, "nobody has confirmed it"
    scene.does("qin", retention.confirm_report, retention_id(shown), shown["digest"])
    assert run(scene, "run", shown["report"])[1] == 1, "one person is not two, and the command line is nobody"
    with pytest.raises(SamePerson):
        scene.does("qin", retention.confirm_report, retention_id(shown), shown["digest"])
    scene.does("bai", retention.confirm_report, retention_id(shown), shown["digest"])
    row = scene.row(retention.RetentionReport, retention_id(shown))
    assert (row.drawn_by, row.confirmed_by) == (scene.qin.account_id, scene.bai.account_id)
    assert [e.actor_id for e in scene.trail("retention_report_vouched", "retention_report_confirmed")] == [
        scene.qin.account_id, scene.bai.account_id]
    assert run(scene, "run", shown["report"])[1] == 0
    scene.run()
    assert left(scene, "chat", visit.id) == {}
    assert "done" in run(scene, "list")[0]


def retention_id(shown):
    """The id of a report that was printed."""
    from uuid import UUID

    return UUID(shown["report"])


def test_hold_and_release_with_a_reason(scene):
    wang = str(scene.patients["wang"])
    assert run(scene, "hold", wang, "--reason", "x")[1] == 1
    words, status = run(scene, "hold", wang, "--reason", "court case 12/2026")
    assert status == 0
    hold_id = words.split()[1]
    assert "court case 12/2026" in run(scene, "list")[0]
    assert run(scene, "release", hold_id, "--reason", "case closed")[1] == 0
    assert json.loads(run(scene, "list", "--json")[0])["holds"] == []
