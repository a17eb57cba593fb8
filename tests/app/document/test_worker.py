"""The newest request wins, cancelling is silent, failures arrive as sentences."""

import threading

import pytest

from app.document.worker import Worker
from engine.errors import SnapshotError


@pytest.fixture
def worker(qtbot):
    out = Worker("test")
    yield out
    out.close()


class Gate:
    """A job that says when it began and goes on when it is let."""

    def __init__(self, answer):
        self.answer = answer
        self.began, self.go = threading.Event(), threading.Event()

    def __call__(self, report):
        self.began.set()
        assert self.go.wait(10)
        report.progress(0.5)
        return self.answer


def test_a_job_answers_with_its_ticket(worker, qtbot):
    with qtbot.waitSignal(worker.finished, timeout=5000) as blocker:
        ticket = worker.submit(lambda report: "done")
    assert blocker.args == [ticket, "done"]


def test_of_three_quick_requests_only_the_newest_answers(worker, qtbot):
    answers = []
    worker.finished.connect(lambda ticket, answer: answers.append(answer))
    first = Gate("first")
    worker.submit(first)
    assert first.began.wait(5)
    second, third = Gate("second"), Gate("third")
    worker.submit(second)
    worker.submit(third)
    first.go.set()
    third.go.set()
    qtbot.waitUntil(lambda: bool(answers), timeout=5000)
    assert answers == ["third"]
    assert not second.began.is_set()


def test_a_cancelled_job_says_nothing(worker, qtbot):
    said = []
    for signal in (worker.finished, worker.failed, worker.progressed):
        signal.connect(lambda *args: said.append(args))
    gate = Gate("never")
    worker.submit(gate)
    assert gate.began.wait(5)
    worker.cancel()
    gate.go.set()
    with qtbot.waitSignal(worker.finished, timeout=5000):
        worker.submit(lambda report: "next")
    assert said == [(worker.current, "next")]


def test_only_whoever_made_the_newest_request_is_called(worker, qtbot):
    heard = []

    def ask(name):
        def note(kind):
            return lambda what: heard.append((name, kind, what))

        def job(report):
            if name == "old":
                gate.began.set()
                assert gate.go.wait(10)
                return name
            report.progress(0.25)
            report.deliver("a part")
            return name

        worker.submit(job, *map(note, ("answered", "refused", "delivered", "progressed")))

    gate = Gate("old")
    ask("old")
    assert gate.began.wait(5)
    ask("new")
    gate.go.set()
    qtbot.waitUntil(lambda: len(heard) == 3, timeout=5000)
    told = [("progressed", 0.25), ("delivered", "a part"), ("answered", "new")]
    assert heard == [("new", *one) for one in told]


def test_whoever_cancels_is_not_called_and_a_failure_calls_once(worker, qtbot):
    heard = []

    def fail(report):
        raise SnapshotError("The weights are damaged.")

    worker.submit(fail, heard.append, heard.append)
    worker.submit(fail, heard.append, heard.append)
    qtbot.waitUntil(lambda: bool(heard), timeout=5000)
    assert heard == ["The weights are damaged."]
    gate = Gate("never")
    worker.submit(gate, heard.append, heard.append)
    assert gate.began.wait(5)
    worker.cancel()
    gate.go.set()
    with qtbot.waitSignal(worker.finished, timeout=5000):
        worker.submit(lambda report: None)
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (SnapshotError("The weights are damaged; install Lacuna again."), "install Lacuna again"),
        (MemoryError(), "not enough memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "not enough memory"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError"),
    ],
)
def test_a_failure_arrives_as_a_sentence(worker, qtbot, error, word):
    def job(report):
        raise error

    with qtbot.waitSignal(worker.failed, timeout=5000) as blocker:
        worker.submit(job)
    assert word in blocker.args[1]
    assert blocker.args[1].endswith(".")


def test_parts_arrive_before_the_end(worker, qtbot):
    pieces = []
    worker.delivered.connect(lambda ticket, piece: pieces.append(piece))

    def job(report):
        report.deliver("one")
        report.deliver("two")
        return pieces.copy

    with qtbot.waitSignal(worker.finished, timeout=5000):
        worker.submit(job)
    assert pieces == ["one", "two"]


def test_progress_of_a_part_is_scaled(worker, qtbot):
    seen = []
    worker.progressed.connect(lambda ticket, fraction: seen.append(fraction))

    def job(report):
        step = report.part(0.5, 1.0)
        step(0.0)
        step(1.0)

    with qtbot.waitSignal(worker.finished, timeout=5000):
        worker.submit(job)
    assert seen == [0.5, 1.0]


def test_closing_ends_a_running_job_and_the_thread(qtbot):
    worker = Worker("closing")
    gate = Gate("never")
    worker.submit(gate)
    assert gate.began.wait(5)
    gate.go.set()
    worker.close()
    assert worker._thread.isFinished()
