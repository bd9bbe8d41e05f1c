"""Faults in answering what a platform asks beside rates."""

import datetime as dt
import json
from collections.abc import Callable

from checkout_kit.adapter import (
    HttpRequest,
    HttpResponse,
)
from checkout_kit.shipping import Quote, QuoteRequest
from checkout_kit.testing.adapters.reference import ReferenceAdapter
from tests.unit.testing.broken import caught_by, edited


@caught_by("test_every_declared_question_is_recorded")
class DeclaresAQuestionMore(ReferenceAdapter):
    questions = ("hide", "price")


@caught_by("test_questions_are_answered_as_recorded")
class HidesNothing(ReferenceAdapter):
    def answer_question(
        self,
        question: str,
        request: HttpRequest,
        quoter: Callable[[QuoteRequest], Quote],
        *,
        now: dt.datetime,
    ) -> HttpResponse:
        answer = super().answer_question(question, request, quoter, now=now)
        return edited(answer, lambda body: body.update(hide=[]))


@caught_by("test_unsigned_question_is_401")
class LetsQuestionsIn(ReferenceAdapter):
    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        if not request.url.endswith("/hide"):
            super().verify_rates(request, now=now)


@caught_by("test_hostile_questions_are_survived")
class TrustsQuestions(ReferenceAdapter):
    def answer_question(
        self,
        question: str,
        request: HttpRequest,
        quoter: Callable[[QuoteRequest], Quote],
        *,
        now: dt.datetime,
    ) -> HttpResponse:
        ",".join(json.loads(request.body)["names"])
        return super().answer_question(question, request, quoter, now=now)
