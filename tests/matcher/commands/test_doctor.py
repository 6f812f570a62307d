"""Doctor: every setting explained, every finding told."""

import json
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from tests.program import Run


def test_doctor_explains_each_setting_and_exits_with_1_when_something_is_wrong(
    matcher: Run, library: sessionmaker[Session]
) -> None:
    done = matcher("doctor", MATCHER_DATABASE_URL="postgresql://me:hunter2@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "hunter2" not in done.stdout + done.stderr
    for text in ("MATCHER_FLOOR", "环境变量", "默认", "达标线", "无法连接"):
        assert text in done.stdout


def test_doctor_tells_programs_in_json_and_exits_with_0_when_all_is_well(
    matcher: Run, library: sessionmaker[Session]
) -> None:
    matcher("staff", "add", "a@example.org")
    matcher("run", MATCHER_EMBEDDINGS="local")
    done = matcher("--language", "en", "doctor", "--json", MATCHER_EMBEDDINGS="local")
    told: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == 0
    assert {check["state"] for check in told["checks"]} == {"ok"}
    assert len(told["settings"]) >= 13
    assert all(setting["meaning"] for setting in told["settings"])
