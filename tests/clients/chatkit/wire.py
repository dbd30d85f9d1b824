"""The running product over HTTP; everything it says is held against the types of ChatKit's Python package."""

import copy
import json
import os
from datetime import datetime

import requests
from chatkit import types as t
from pydantic import BaseModel, TypeAdapter

URL = f"{os.environ['API']}/api/v1"
EVENT = TypeAdapter(t.ThreadStreamEvent)
PROBLEM = "application/problem+json"


def as_the_package_writes_it(adapter: TypeAdapter, value) -> dict:
    return json.loads(adapter.dump_json(value, by_alias=True, exclude_none=True, context={"exclude_metadata": True}))


def comparable(value):
    """Moments may have more or fewer digits; that they are in UTC and say so is checked."""
    if isinstance(value, list):
        return [comparable(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {name: comparable(each) for name, each in value.items()}
    if isinstance(made.get("created_at"), str):
        assert made["created_at"].endswith("Z"), made["created_at"]
        made["created_at"] = datetime.fromisoformat(made["created_at"])
    return made


def checked(adapter: TypeAdapter, raw: bytes) -> dict:
    """The JSON, valid in the package's eyes, and with the very members that the package would write."""
    value, plain = adapter.validate_json(raw), json.loads(raw)
    assert comparable(as_the_package_writes_it(adapter, value)) == comparable(plain), raw.decode()
    return plain


def checked_frames(body: bytes) -> list[dict]:
    """The events of a stream. `data: `, one line, an empty line; nothing else, to the last byte."""
    *frames, rest = body.split(b"\n\n")
    assert rest == b"", rest
    for frame in frames:
        assert frame.startswith(b"data: {") and not {ord("\n"), ord("\r")} & set(frame), frame
    return [checked(EVENT, frame.removeprefix(b"data: ")) for frame in frames]


def body_of(request: BaseModel) -> bytes:
    return request.model_dump_json(exclude_none=True).encode()


class Person:
    """Somebody with an access token."""

    def __init__(self, token: str):
        self.session = requests.Session()
        self.session.headers.update({"authorization": f"Bearer {token}", "accept-language": "en-GB"})
        self.session.headers.update({"chatkit-frame-instance-id": "f1", "content-type": "application/json"})

    def post(self, body: bytes | BaseModel, **more) -> requests.Response:
        body = body_of(body) if isinstance(body, BaseModel) else body
        return self.session.post(f"{URL}/chatkit", data=body, timeout=60, **more)

    def answer(self, request: BaseModel, type_) -> dict:
        """A JSON answer of this type."""
        response = self.post(request)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "application/json"
        return checked(TypeAdapter(type_), response.content)

    def events(self, request: bytes | BaseModel) -> list[dict]:
        """The events of a whole stream."""
        response = self.post(request)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].split(";")[0] == "text/event-stream"
        assert "content-length" not in response.headers and "content-encoding" not in response.headers
        return checked_frames(response.content)

    def refusal(self, request: bytes | BaseModel) -> tuple[int, str]:
        """Status and code of a problem, told before any stream began."""
        response = self.post(request)
        problem = response.json()
        assert response.headers["content-type"] == PROBLEM, response.text
        assert problem["status"] == response.status_code and problem["detail"], problem
        return response.status_code, problem["code"]


def shown(events: list[dict]) -> dict[str, dict]:
    """What a front end shows: items by id, grown by added and updated, and the same as `done` says in the end."""
    items, done = {}, {}
    for event in events:
        match event["type"]:
            case "thread.item.added":
                assert event["item"]["id"] not in items
                items[event["item"]["id"]] = copy.deepcopy(event["item"])
            case "thread.item.updated":
                assert event["item_id"] not in done
                grow(items[event["item_id"]]["content"], event["update"])
            case "thread.item.removed":
                del items[event["item_id"]]
            case "thread.item.done":
                item = event["item"]
                assert items.get(item["id"], item) == item, (items[item["id"]], item)
                items[item["id"]] = done[item["id"]] = item
    return items


def grow(content: list[dict], update: dict):
    at = update["content_index"]
    match update["type"].removeprefix("assistant_message.content_part."):
        case "added":
            assert at == len(content)
            content.append(copy.deepcopy(update["content"]))
        case "text_delta":
            content[at]["text"] += update["delta"]
        case "annotation_added":
            assert update["annotation_index"] == len(content[at]["annotations"])
            assert 0 <= update["annotation"]["index"] <= len(content[at]["text"])
            content[at]["annotations"].append(update["annotation"])
        case "done":
            assert content[at]["text"] == update["content"]["text"]
        case other:
            raise AssertionError(other)
