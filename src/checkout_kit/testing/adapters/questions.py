"""The part of the adapter suite about what a platform asks beside rates."""

import json

import attrs

from checkout_kit.adapter import (
    Adapter,
    Capability,
    HttpRequest,
    HttpResponse,
    SharedToken,
    answer_question,
)
from checkout_kit.shipping import Quote, QuoteRequest
from checkout_kit.testing.adapters.replay import Replay, lacks, options_of, recorded_request
from checkout_kit.testing.adapters.supplied import Supplied, hostile_bodies


class QuestionsSuite(Supplied):
    """Inherited by AdapterConformance; plays every recorded question. Most platforms ask for rates only."""

    needs = frozenset(Capability) - {Capability.CHECKOUTS}

    def test_every_declared_question_is_recorded(self) -> None:
        """The questions declared, those recorded and those answered are the same."""
        recorded = {replay["question"] for replay in self.replays("question").values()}
        wrong = recorded ^ set(self.adapter.questions)
        assert not wrong, f"declared or recorded, but not both: {', '.join(sorted(wrong))}"
        answers = type(self.adapter).answer_question is not Adapter.answer_question
        assert answers == bool(recorded), "questions and answer_question belong together"

    def test_questions_are_answered_as_recorded(self) -> None:
        """Each recorded question gets exactly the answer that its file states."""
        for replay in self.replays("question").values():
            answer, wanted = self._ask_question(replay, self._signed_question(replay)), replay["expect"]
            assert answer.status == wanted["status"], f"question {replay.case!r}: status {answer.status}"
            found = json.loads(answer.body)
            faults = lacks(found, wanted["body"]) + lacks(wanted["body"], found)
            assert not faults, f"question {replay.case!r}: {'; '.join(faults)}"

    def test_unsigned_question_is_401(self) -> None:
        """Without its signature, with that of another secret, or altered, a question is refused unread."""
        for replay in self.replays("question").values():
            plain, signed = recorded_request(replay["request"]), self._signed_question(replay)
            requests = [plain, self.signed(plain, secret="not-" + self.secret)]
            if not isinstance(self.adapter.signature, SharedToken):
                requests.append(attrs.evolve(signed, body=signed.body + b" "))
            for request in (*requests, attrs.evolve(plain, body=b"{")):
                assert self._ask_question(replay, request).status == 401, (
                    f"question {replay.case!r} was let in"
                )

    def test_hostile_questions_are_survived(self) -> None:
        """A signed question with any single value unusable is answered or refused, never our failure."""
        for replay in self.replays("question").values():
            request = recorded_request(replay["request"])
            bodies = [("not JSON", b"{"), ("empty", b""), ("array", b"[]"), ("null", b"null")]
            for what, body in (*bodies, *hostile_bodies(json.loads(request.body))):
                answer = self._ask_question(replay, self.signed(attrs.evolve(request, body=body)))
                assert answer.status in {200, 400, 404}, f"question {replay.case!r}: {what}: {answer.status}"

    # Shared by the tests above

    def _signed_question(self, replay: Replay) -> HttpRequest:
        return self.signed(recorded_request(replay["request"]))

    def _ask_question(self, replay: Replay, request: HttpRequest) -> HttpResponse:
        def quoter(asked: QuoteRequest) -> Quote:
            options = options_of(replay) if "options" in replay.content else ()
            return self.sample(asked.cart.currency, *options)

        return answer_question(self.adapter, replay["question"], request, quoter, now=self.now)
