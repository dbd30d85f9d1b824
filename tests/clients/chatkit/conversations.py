"""Whole conversations with the running product, as ChatKit's front end and its Python package have them."""

import json
import os
import unittest

import requests
from chatkit import types as t
from pydantic import TypeAdapter, ValidationError

import wire
from wire import Person, checked_frames, shown

STUDENT, OTHER = Person(os.environ["TOKEN"]), Person(os.environ["OTHER_TOKEN"])
THREADS, ITEMS = t.Page[t.Thread], t.Page[t.ThreadItem]


def message(text: str, **more) -> dict:
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "quoted_text": "", "inference_options": {}, **more}


def create(text: str, **more) -> t.ThreadsCreateReq:
    return t.ThreadsCreateReq(params={"input": message(text, **more)})


def add(thread: str, text: str) -> t.ThreadsAddUserMessageReq:
    return t.ThreadsAddUserMessageReq(params={"thread_id": thread, "input": message(text)})


def kinds(events: list[dict]) -> list[str]:
    return [event["type"] for event in events]


def begun(text: str = "What is feedback control?") -> tuple[str, list[dict]]:
    """A thread with one question and its answer: its id and the items shown."""
    events = STUDENT.events(create(text))
    return events[0]["thread"]["id"], list(shown(events).values())


def stored(thread: str, **page) -> dict:
    return STUDENT.answer(t.ItemsListReq(params={"thread_id": thread, **page}), ITEMS)


class Conversation(unittest.TestCase):
    maxDiff = None

    def test_a_whole_conversation(self):
        first = STUDENT.events(create("What is feedback control?"))
        self.assertEqual(kinds(first)[:3], ["thread.created", "thread.item.done", "stream_options"])
        self.assertEqual(kinds(first).count("stream_options"), 1)
        thread = first[0]["thread"]["id"]
        titles = [event["thread"]["title"] for event in first if event["type"] == "thread.updated"]
        self.assertEqual(len(titles), 1)
        items = list(shown(first).values())
        self.assertEqual([item["type"] for item in items], ["user_message", "assistant_message"])
        whole = STUDENT.answer(t.ThreadsGetByIdReq(params={"thread_id": thread}), t.Thread)
        self.assertEqual((whole["title"], whole["items"]), (titles[0], {"data": items, "has_more": False}))

        second = STUDENT.events(add(thread, "And what does the error tell me?"))
        self.assertEqual(kinds(second)[:2], ["thread.item.done", "stream_options"])
        self.assertNotIn("thread.created", kinds(second))
        items += shown(second).values()
        self.assertEqual(stored(thread, order="asc")["data"], items)

        threads = STUDENT.answer(t.ThreadsListReq(params={"limit": 9999, "order": "desc"}), THREADS)
        self.assertEqual((threads["data"][0]["id"], threads["data"][0]["items"]), (thread, {"data": [], "has_more": False}))

        renamed = STUDENT.answer(t.ThreadsUpdateReq(params={"thread_id": thread, "title": "  Loops, über 🤖 "}), t.Thread)
        self.assertEqual((renamed["title"], renamed["items"]["data"]), ("Loops, über 🤖", []))

        answer = items[3]["id"]
        for kind in ("positive", "negative"):
            rated = t.ItemsFeedbackReq(params={"thread_id": thread, "item_ids": [answer], "kind": kind})
            self.assertEqual(STUDENT.post(rated).json(), {})
        commented = {"thread_id": thread, "item_ids": [answer], "kind": "negative", "comment": "Too long"}
        self.assertEqual(STUDENT.post(json.dumps({"type": "items.feedback", "params": commented}).encode()).json(), {})

        retried = STUDENT.events(t.ThreadsRetryAfterItemReq(params={"thread_id": thread, "item_id": items[0]["id"]}))
        self.assertEqual(kinds(retried)[0], "stream_options")
        self.assertNotIn(items[0]["id"], shown(retried))
        items = [items[0], *shown(retried).values()]
        self.assertEqual(stored(thread, order="asc")["data"], items)
        self.assertNotIn("thread.updated", kinds(retried), "a title that somebody chose stays")

        self.assertEqual(STUDENT.post(t.ThreadsDeleteReq(params={"thread_id": thread})).json(), {})
        for request in about(thread, items[0]["id"]):
            self.assertEqual(STUDENT.refusal(request), (404, "not_found"), request)

    def test_pages_both_ways(self):
        thread, items = begun()
        items += shown(STUDENT.events(add(thread, "Why does it overshoot?"))).values()
        for order, expected in (("asc", items), ("desc", items[::-1])):
            seen, after = [], None
            while True:
                page = stored(thread, limit=1, order=order, after=after)
                seen += page["data"]
                after = page.get("after")
                self.assertEqual(page["has_more"], after is not None)
                if not page["has_more"]:
                    break
                self.assertEqual(after, page["data"][-1]["id"])
            self.assertEqual(seen, expected)
        first = STUDENT.answer(t.ThreadsListReq(params={"limit": 1, "order": "asc"}), THREADS)
        rest = STUDENT.answer(t.ThreadsListReq(params={"limit": 9999, "order": "asc", "after": first["data"][0]["id"]}), THREADS)
        everything = STUDENT.answer(t.ThreadsListReq(params={"limit": 9999}), THREADS)
        self.assertEqual((first["data"] + rest["data"])[::-1], everything["data"])

    def test_a_stopped_answer_is_kept_as_far_as_it_was_shown(self):
        response = STUDENT.post(create("What is feedback control?"), stream=True)
        body, thread = b"", None
        for chunk in response.iter_content(None):
            body += chunk
            if thread is None and body.count(b"text_delta") > 3:
                thread = checked_frames(body[: body.rindex(b"\n\n") + 2])[0]["thread"]["id"]
                self.assertEqual(STUDENT.session.post(f"{wire.URL}/threads/{thread}/stop", timeout=10).status_code, 204)
        items = list(shown(checked_frames(body)).values())
        self.assertTrue(items[1]["content"][0]["text"].strip())
        self.assertEqual(stored(thread, order="asc")["data"], items, "and the mark of the stop is not shown")
        STUDENT.events(add(thread, "Go on."))

    def test_what_a_message_carries_comes_back(self):
        tag = {"type": "input_tag", "id": "m", "text": "@motor", "data": {"z": None, "a": [1, 2.5]}, "interactive": True}
        content = [{"type": "input_text", "text": "Zürich 🤖 \u2028 \x01 \n\ndata: {}\r\n about "}, tag]
        wishes = {"model": "m", "tool_choice": {"id": "t"}}
        events = STUDENT.events(create("", content=content, quoted_text="so", inference_options=wishes))
        item = events[1]["item"]
        self.assertEqual((item["content"], item["quoted_text"], item["inference_options"]), (content, "so", wishes))
        self.assertEqual(stored(item["thread_id"], order="asc", limit=1)["data"], [item])

    def test_the_shape_that_the_front_end_sends(self):
        body = b'{"type":"threads.create","params":{"input":{"content":[{"type":"input_text","text":"Hi there"}],"quoted_text":"","attachments":[],"inference_options":{}}}}'
        thread = STUDENT.events(body)[0]["thread"]["id"]
        body = b'{"type":"threads.add_user_message","params":{"input":{"content":[{"type":"input_text","text":"What is drift?"}],"quoted_text":"","attachments":[],"inference_options":{}},"thread_id":"%s"}}'
        self.assertEqual(STUDENT.events(body % thread.encode())[0]["type"], "thread.item.done")


def about(thread: str, item: str) -> list:
    """Every request about a thread."""
    at = {"thread_id": thread, "item_id": item}
    return [
        t.ThreadsGetByIdReq(params=at), t.ThreadsUpdateReq(params={**at, "title": "x"}), t.ThreadsDeleteReq(params=at),
        t.ItemsListReq(params=at), t.ItemsFeedbackReq(params={**at, "item_ids": [item], "kind": "positive"}),
        t.ThreadsRetryAfterItemReq(params=at), add(thread, "hi"),
        t.ThreadsAddClientToolOutputReq(params={**at, "result": 1}),
        t.ThreadsAddStructuredInputReq(params={**at, "input": {}}),
        t.ThreadsCustomActionReq(params={**at, "action": {"type": "go"}}),
        t.ThreadsSyncCustomActionReq(params={**at, "action": {"type": "go"}}),
    ]


class Refusals(unittest.TestCase):
    maxDiff = None

    def test_another_persons_thread_is_as_good_as_none(self):
        thread, items = begun()
        for theirs, nobodys in zip(about(thread, items[0]["id"]), about("thr_none", "msg_none"), strict=True):
            self.assertEqual(OTHER.refusal(theirs), (404, "not_found"))
            self.assertEqual(OTHER.post(theirs).json(), OTHER.post(nobodys).json())
        self.assertEqual(stored(thread, order="asc")["data"], items)

    def test_what_is_not_offered_is_refused_in_words(self):
        thread, items = begun()
        at = {"thread_id": thread, "item_id": items[1]["id"]}
        go = {**at, "action": {"type": "go", "payload": 1}}
        for request, refusal in [
            (t.AttachmentsCreateReq(params={"name": "a", "size": 1, "mime_type": "text/plain"}), (501, "attachments_unsupported")),
            (t.AttachmentsDeleteReq(params={"attachment_id": "atc_1"}), (501, "attachments_unsupported")),
            (create("look", attachments=["atc_1"]), (400, "attachments_unsupported")),
            (t.InputTranscribeReq(params={"audio_base64": "AA==", "mime_type": "audio/ogg"}), (501, "not_offered")),
            (t.ThreadsCustomActionReq(params=go), (501, "not_offered")),
            (t.ThreadsSyncCustomActionReq(params=go), (501, "not_offered")),
            (t.ThreadsAddStructuredInputReq(params={**at, "input": {}}), (409, "not_a_structured_input")),
            (t.ThreadsAddClientToolOutputReq(params={**at, "result": 1}), (409, "no_pending_tool_call")),
            (t.ThreadsRetryAfterItemReq(params=at), (400, "not_a_user_message")),
            (t.ItemsListReq(params={**at, "after": "msg_none"}), (400, "unknown_cursor")),
            (t.ThreadsListReq(params={"after": "thr_none"}), (400, "unknown_cursor")),
        ]:
            self.assertEqual(STUDENT.refusal(request), refusal, request)

    def test_a_body_is_refused_when_the_package_refuses_it_and_taken_when_it_takes_it(self):
        request = TypeAdapter(t.ChatKitReq)
        for body in bodies():
            try:
                request.validate_json(body)
                taken = True
            except ValidationError:
                taken = False
            response = STUDENT.post(body)
            # Of those that are taken some are about a thread that does not exist: so far they come.
            self.assertIn(response.status_code, (200, 404) if taken else (400,), body)
            if not taken:
                self.assertEqual(response.headers["content-type"], wire.PROBLEM)

    def test_nobody_is_told_nothing(self):
        self.assertEqual(requests.post(f"{wire.URL}/chatkit", data=b"{}", timeout=10).status_code, 401)


def bodies() -> list[bytes]:
    """Requests of every shape: what is taken and what is not, the package decides."""
    def of(kind: str, params: str, more: str = "") -> bytes:
        return f'{{"type":"{kind}","params":{params}{more}}}'.encode()

    def listed(members: str, more: str = "") -> bytes:
        return of("threads.list", f"{{{members}}}", more)

    def message(**changed: str | None) -> bytes:
        members = {"content": '[{"type":"input_text","text":"x"}]', "attachments": "[]", "inference_options": "{}", "quoted_text": '""', **changed}
        members = ",".join(f'"{name}":{value}' for name, value in members.items() if value is not None)
        return of("threads.add_user_message", f'{{"thread_id":"thr_none","input":{{{members}}}}}')

    limits = ["10", '"10"', "10.0", "null", "0", "-1", "9999", "1" + 30 * "0", "10.5", '"ten"', "[]", "{}"]
    orders = ['"asc"', '"desc"', "null", '"ASC"', '""', "1"]
    return [
        *(listed(f'"limit":{limit}') for limit in limits), *(listed(f'"order":{order}') for order in orders),
        *(listed("", f',"metadata":{value}') for value in ("{}", '{"a":null}', "null", "[]", '"x"')),
        listed('"after":null'), listed('"after":1'), listed('"more":{"x":[1]}', ',"else":true'),
        b'{"type":"threads.list"}', b'{"params":{}}', of("threads.list", "null"), of("threads.list", "[]"),
        of("threads.get", "{}"), of("", "{}"), of("cancel", "{}"), b'{"type":null,"params":{}}', b"", b"{", b"null", b"[]", b'"x"',
        b"\xef\xbb\xbf" + listed(""), listed('"after":"\\ud800"'), b'{"type":"threads.list","params":{"x":"\xff"}}',
        message(), message(quoted_text=None), message(quoted_text="null"), message(quoted_text="1"),
        message(content=None), message(content="null"), message(content='["a"]'), message(content='[{"type":"input_image"}]'),
        message(content='[{"type":"input_text"}]'), message(content='[{"type":"input_text","text":1}]'),
        message(attachments=None), message(attachments="[1]"), message(inference_options=None), message(inference_options="null"),
        message(inference_options='{"model":null,"tool_choice":null}'), message(inference_options='{"model":1}'),
        message(inference_options='{"tool_choice":{}}'), message(content='[{"type":"input_tag","id":"a","text":"b","data":{},"group":null}]'),
        message(content='[{"type":"input_tag","id":"a","text":"b","data":[]}]'), of("threads.update", '{"thread_id":"thr_none","title":null}'),
        of("threads.update", '{"thread_id":"thr_none"}'), of("threads.get_by_id", '{"thread_id":1}'), of("threads.delete", "{}"),
        of("items.feedback", '{"thread_id":"thr_none","item_ids":[],"kind":"positive"}'),
        of("items.feedback", '{"thread_id":"thr_none","item_ids":[],"kind":"meh"}'),
        of("items.feedback", '{"thread_id":"thr_none","item_ids":null,"kind":"positive"}'),
        of("items.list", '{"thread_id":"thr_none","limit":"7","order":"asc"}'),
    ]


if __name__ == "__main__":
    unittest.main()
