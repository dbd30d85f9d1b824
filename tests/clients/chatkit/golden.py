"""What ChatKit's own Python package writes, for the tests of crates/chatkit.

golden.py FOLDER           writes the samples there
golden.py --check FOLDER   says whether they are what the package writes today

Every event, update, item, task, source, status and request that the package knows must have a sample.
"""

import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, get_args, get_origin

from chatkit import types as t
from chatkit.actions import Action
from pydantic import BaseModel, TypeAdapter

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
LATER = datetime(2026, 1, 2, 3, 4, 6, tzinfo=timezone.utc)


def written(value: BaseModel) -> str:
    """As chatkit.server writes it."""
    return value.model_dump_json(by_alias=True, exclude_none=True, context={"exclude_metadata": True})


def kinds(union) -> set[type]:
    """The classes of a union."""
    if get_origin(union) is Annotated:
        return kinds(get_args(union)[0])
    members = get_args(union)
    return set().union(*map(kinds, members)) if members else {union}


def thread(**more) -> t.Thread:
    return t.Thread(id="thr_1", created_at=NOW, items=t.Page(), **more)


PAGE = t.URLSource(title="Loops", url="https://example.test/loops")
FULL_PAGE = t.URLSource(
    title="Loops", description="Of motors", timestamp="2025", group="Lessons", url="https://example.test/l?a=1&b=ü",
    attribution="example.test",
)
FILE = t.FileSource(title="Notes", filename="notes.pdf")
SOURCES = [
    PAGE, FULL_PAGE, FILE, t.EntitySource(title="Motor", id="m1"),
    t.EntitySource(
        title="Motor", description="Turns", id="m1", icon="lucide:cog", label="Motor", inline_label="M",
        interactive=True, data={"a": None, "b": [1, 2.5, "x"]},
    ),
]
TASKS = [
    t.CustomTask(), t.CustomTask(status_indicator="complete", title="Read", icon="book-open", content="**All** of it"),
    t.SearchTask(), t.SearchTask(status_indicator="loading", title="Search", title_query="pid", queries=["a"], sources=[PAGE]),
    t.ThoughtTask(content="Hm."), t.ThoughtTask(title="Thinking", content="Hm."),
    t.FileTask(), t.FileTask(title="Files", sources=[FILE]), t.ImageTask(), t.ImageTask(title="A picture"),
]
ANSWER = t.AssistantMessageContent(text="Hello.", annotations=[t.Annotation(source=PAGE, index=6)])
IMAGE = t.GeneratedImage(id="i", url="https://example.test/i.png")
CARD = {"type": "Card", "children": [{"type": "Text", "id": "c", "value": "Hi"}]}
ATTACHMENTS = [
    t.FileAttachment(id="atc_1", name="a.txt", mime_type="text/plain"),
    t.FileAttachment(
        id="atc_1", name="a.txt", mime_type="text/plain", metadata={"secret": 1},
        upload_descriptor=t.AttachmentUploadDescriptor(url="https://example.test/up", method="PUT", headers={"x": "y"}),
    ),
    t.ImageAttachment(
        id="atc_2", name="a.png", mime_type="image/png", preview_url="https://example.test/a.png", thread_id="thr_1",
    ),
]


def item(kind: type, id: str, **more):
    return kind(id=id, thread_id="thr_1", created_at=LATER, **more)


def text(words: str) -> t.UserMessageTextContent:
    return t.UserMessageTextContent(text=words)


TAG = t.UserMessageTagContent(id="a", text="@a", data={"m": {"n": None}})
FULL_TAG = t.UserMessageTagContent(id="a", text="@a", data={}, group="Lessons", interactive=True)
WISHES = t.InferenceOptions(model="m", tool_choice=t.ToolChoice(id="t"))
QUESTIONS = [
    t.StructuredInputMultipleChoice(id="q", question="Which?", options=[{"value": "a"}, {"value": "b"}]),
    t.StructuredInputMultipleChoice(
        id="r", question="Which?", options=[], multiple=True, answer=t.StructuredInputAnswer(values=["x", "y"]),
    ),
    t.StructuredInputFreeform(id="s", question="Why?", answer=t.StructuredInputAnswer(skipped=True)),
    t.StructuredInputFreeform(id="u", question="Why?", description="In a sentence"),
]
CALL = {"call_id": "call_1", "name": "read_selection"}
ITEMS = [
    item(t.UserMessageItem, "msg_1", content=[text("hi")], quoted_text="", inference_options=t.InferenceOptions()),
    item(t.UserMessageItem, "msg_1", content=[], inference_options=t.InferenceOptions()),
    item(
        t.UserMessageItem, "msg_1", content=[text("a\n\ndata: {}\r\u2028é\u0001😀"), TAG, FULL_TAG],
        attachments=[ATTACHMENTS[0], ATTACHMENTS[2]], quoted_text="so", inference_options=WISHES,
    ),
    item(t.AssistantMessageItem, "msg_2", content=[]),
    item(t.AssistantMessageItem, "msg_2", content=[ANSWER, t.AssistantMessageContent(text="")]),
    item(
        t.AssistantMessageItem, "msg_2",
        content=[t.AssistantMessageContent(text="x", annotations=[t.Annotation(source=source) for source in SOURCES])],
    ),
    item(t.ClientToolCallItem, "tc_1", arguments={}, **CALL),
    item(t.ClientToolCallItem, "tc_1", arguments={"a": None}, status="completed", output={"b": [None, True]}, **CALL),
    item(t.WidgetItem, "w_1", widget=CARD),
    item(t.WidgetItem, "w_1", widget={"type": "ListView", "children": []}, copy_text="A list"),
    item(t.GeneratedImageItem, "g_1"),
    item(t.GeneratedImageItem, "g_1", image=IMAGE),
    *(item(t.StructuredInputItem, "si_1", status=status, inputs=QUESTIONS) for status in ("pending", "answered", "skipped")),
    item(t.WorkflowItem, "wf_1", workflow=t.Workflow(type="reasoning", tasks=[])),
    item(
        t.WorkflowItem, "wf_1",
        workflow=t.Workflow(type="custom", tasks=TASKS, summary=t.CustomSummary(title="Done", icon="check"), expanded=True),
    ),
    item(t.WorkflowItem, "wf_1", workflow=t.Workflow(type="reasoning", tasks=TASKS, summary=t.DurationSummary(duration=3))),
    *(item(t.TaskItem, "tsk_1", task=task) for task in TASKS),
    item(t.HiddenContextItem, "hc_1", content={"any": [1, None]}),
    item(t.SDKHiddenContextItem, "shcx_1", content="The user stopped."),
    item(t.EndOfTurnItem, "eot_1"),
]
HIDDEN = (t.HiddenContextItem, t.SDKHiddenContextItem)
UPDATES = [
    t.AssistantMessageContentPartAdded(content_index=0, content=t.AssistantMessageContent(text="")),
    t.AssistantMessageContentPartTextDelta(content_index=0, delta="Hel\n\n\u2029"),
    t.AssistantMessageContentPartAnnotationAdded(content_index=0, annotation_index=0, annotation=ANSWER.annotations[0]),
    t.AssistantMessageContentPartDone(content_index=0, content=ANSWER),
    *(t.WorkflowTaskAdded(task_index=0, task=task) for task in TASKS),
    t.WorkflowTaskUpdated(task_index=1, task=TASKS[0]),
    t.WidgetStreamingTextValueDelta(component_id="c", delta="x", done=True),
    t.WidgetRootUpdated(widget=CARD),
    t.WidgetComponentUpdated(component_id="c", component=CARD["children"][0]),
    t.GeneratedImageUpdated(image=IMAGE),
    t.GeneratedImageUpdated(image=IMAGE, progress=0.5),
]
THREADS = [
    thread(), thread(title=""), thread(title="Loops", allowed_image_domains=["example.test"]),
    thread(status=t.LockedStatus()), thread(status=t.LockedStatus(reason="Exam")),
    thread(status=t.ClosedStatus()), thread(status=t.ClosedStatus(reason="Over")),
]
EVENTS = [
    *(t.ThreadCreatedEvent(thread=thread) for thread in THREADS),
    t.ThreadUpdatedEvent(thread=THREADS[2]),
    t.StreamOptionsEvent(stream_options=t.StreamOptions(allow_cancel=True)),
    t.StreamOptionsEvent(stream_options=t.StreamOptions(allow_cancel=False)),
    t.ProgressUpdateEvent(text="Reading"), t.ProgressUpdateEvent(text="Reading", icon="search"),
    *(t.ThreadItemAddedEvent(item=item) for item in ITEMS if not isinstance(item, HIDDEN)),
    *(t.ThreadItemUpdatedEvent(item_id="x_1", update=update) for update in UPDATES),
    *(t.ThreadItemDoneEvent(item=item) for item in ITEMS if not isinstance(item, HIDDEN)),
    t.ThreadItemRemovedEvent(item_id="msg_2"), t.ThreadItemReplacedEvent(item=ITEMS[4]),
    t.ClientEffectEvent(name="open_page"), t.ClientEffectEvent(name="open_page", data={"slug": "loops", "to": None}),
    t.ErrorEvent(message="You have used today's questions."), t.ErrorEvent(code="stream.error", allow_retry=True),
    *(t.NoticeEvent(level=level, message="Two left.") for level in ("info", "warning", "danger")),
    t.NoticeEvent(level="info", title="Limit", message="Two left."),
]
ANSWERS = {
    "thread": THREADS + [t.Thread(id="thr_1", created_at=NOW, items=t.Page(data=ITEMS[:2], has_more=True, after="msg_1"))],
    "page_of_threads": [t.Page[t.Thread](), t.Page[t.Thread](data=THREADS[:2], has_more=True, after="thr_1")],
    "page_of_items": [t.Page[t.ThreadItem](), t.Page[t.ThreadItem](data=ITEMS[:5], has_more=True, after="msg_2")],
    "attachment": ATTACHMENTS,
    "action": [t.SyncCustomActionResponse(), t.SyncCustomActionResponse(updated_item=ITEMS[8])],
    "transcription": [t.TranscriptionResult(text="Hello")],
}
INPUT = t.UserMessageInput(content=[text("Hi there")], attachments=[], quoted_text="", inference_options=t.InferenceOptions())
FULL_INPUT = t.UserMessageInput(content=[TAG, FULL_TAG], attachments=["atc_1"], inference_options=WISHES)
IN = {"thread_id": "thr_1"}
AT = {**IN, "item_id": "msg_1"}
GO = Action[str, object]
REQUESTS = [
    t.ThreadsCreateReq(params={"input": INPUT}), t.ThreadsCreateReq(params={"input": FULL_INPUT}, metadata={"a": None}),
    t.ThreadsAddUserMessageReq(params={"input": INPUT, **IN}),
    t.ThreadsAddClientToolOutputReq(params={"result": {"a": [1, None]}, **IN}),
    t.ThreadsAddStructuredInputReq(params={"input": {}, **AT}),
    t.ThreadsAddStructuredInputReq(params={"input": {"status": "skipped", "answers": {"q": {"values": ["a"]}, "r": {"skipped": True}}}, **AT}),
    t.ThreadsRetryAfterItemReq(params=AT),
    t.ThreadsCustomActionReq(params={**IN, "action": GO(type="go")}),
    t.ThreadsCustomActionReq(params={**AT, "action": GO(type="go", payload={"a": None})}),
    t.ThreadsSyncCustomActionReq(params={**AT, "action": GO(type="go", payload=[1])}),
    t.ThreadsGetByIdReq(params=IN),
    t.ThreadsListReq(params={}), t.ThreadsListReq(params={"limit": 9999, "order": "asc", "after": "thr_1"}),
    t.ItemsListReq(params=IN), t.ItemsListReq(params={**IN, "limit": 1, "order": "asc", "after": "msg_1"}),
    *(t.ItemsFeedbackReq(params={**IN, "item_ids": ["msg_2"], "kind": kind}) for kind in ("positive", "negative")),
    t.ThreadsUpdateReq(params={**IN, "title": "Loops"}), t.ThreadsDeleteReq(params=IN),
    t.AttachmentsCreateReq(params={"name": "a.txt", "size": 3, "mime_type": "text/plain"}),
    t.AttachmentsDeleteReq(params={"attachment_id": "atc_1"}),
    t.InputTranscribeReq(params={"audio_base64": "AAAA", "mime_type": "audio/webm;codecs=opus"}),
]

for union, samples in [
    (t.ThreadStreamEvent, EVENTS), (t.ThreadItemUpdate, UPDATES), (t.ThreadItem, ITEMS), (t.Task, TASKS),
    (t.Source, SOURCES), (t.ThreadStatus, [thread.status for thread in THREADS]), (t.ChatKitReq, REQUESTS),
    (t.StructuredInput, QUESTIONS), (t.Attachment, ATTACHMENTS), (t.UserMessageContent, [text(""), TAG]),
]:
    missing = {kind.__name__ for kind in kinds(union)} - {type(sample).__name__ for sample in samples}
    assert not missing, f"no sample of {missing}"

FILES = {
    "events.sse": "".join(f"data: {written(event)}\n\n" for event in EVENTS),
    "items.jsonl": "".join(f"{written(item)}\n" for item in ITEMS),
    "requests.jsonl": "".join(f"{written(request)}\n" for request in REQUESTS),
    **{f"{name}.jsonl": "".join(f"{written(answer)}\n" for answer in answers) for name, answers in ANSWERS.items()},
}
for line in FILES["events.sse"].split("\n\n")[:-1]:
    TypeAdapter(t.ThreadStreamEvent).validate_json(line.removeprefix("data: "))

*options, folder = sys.argv[1:]
for name, content in FILES.items():
    path = Path(folder, name)
    if options == ["--check"]:
        assert path.read_text() == content, f"{path} is not what the package writes"
    else:
        path.write_text(content)
