"""A Bot API server of our own on loopback: updates with offsets, messages, files, and whatever can go wrong.

It keeps to the documented limits, and every update it gives out and every message it takes is also read by
python-telegram-bot, whose types were written by others from the same documentation.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import threading
import time
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import telegram
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.listening import listen

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from starlette.requests import Request

TOKEN = "123456:test-token-of-no-bot"
BOT = {"id": 123456, "is_bot": True, "first_name": "申报助手", "username": "shenbao_test_bot"}
LONGEST_TEXT, LONGEST_CAPTION, LONGEST_DATA, MOST_BUTTONS = 4096, 1024, 64, 100
LARGEST_FETCHED = 20 * 1024 * 1024
_CAPITAL = re.compile("[A-Z]")
_METHODS: dict[str, Callable[..., Any]] = {
    "getUpdates": telegram.Bot.get_updates,
    "sendMessage": telegram.Bot.send_message,
    "sendDocument": telegram.Bot.send_document,
    "editMessageReplyMarkup": telegram.Bot.edit_message_reply_markup,
    "answerCallbackQuery": telegram.Bot.answer_callback_query,
    "sendChatAction": telegram.Bot.send_chat_action,
    "getFile": telegram.Bot.get_file,
    "getMe": telegram.Bot.get_me,
    "setMyCommands": telegram.Bot.set_my_commands,
    "setWebhook": telegram.Bot.set_webhook,
    "deleteWebhook": telegram.Bot.delete_webhook,
}


class Call(NamedTuple):
    """A request as it came: which method, with what, when, and how it was answered."""

    method: str
    params: dict[str, Any]
    files: dict[str, tuple[str, bytes]]
    at: float
    status: int
    result: Any

    @property
    def chat(self) -> int:
        """The chat it was about; 0 for none."""
        return int(self.params.get("chat_id", 0))


class Fault(NamedTuple):
    """An answer in place of the right one, for the next requests of a method."""

    method: str
    status: int
    body: dict[str, Any]
    chat: int | None = None


class RefusedError(Exception):
    """A request that Telegram refuses."""


class ConflictError(Exception):
    """A request for updates that go elsewhere."""


class BotApi:
    """The server; tests call it from any thread.

    Attributes:
        calls: every request, in the order in which they were answered.
        faults: what goes wrong next.
        objections: what python-telegram-bot or the documentation has against what the bot did.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.objections: list[str] = []
        self.changed = threading.Condition()
        self.webhook: dict[str, Any] | None = None
        self.address = ""
        self._updates: list[dict[str, Any]] = []
        self._messages: dict[tuple[int, int], dict[str, Any]] = {}
        self._files: dict[str, bytes] = {}
        self._update_ids, self._message_ids = count(1000), count(1)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._came = asyncio.Event()
        self._is_closing = False

    def close(self) -> None:
        """Let nobody wait for updates any more."""
        self._is_closing = True
        if self._loop is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(self._came.set)

    def put(self, **content: Any) -> dict[str, Any]:
        """Queue an update; return it."""
        with self.changed:
            update = {"update_id": next(self._update_ids), **content}
            telegram.Update.de_json(json.loads(json.dumps(update)), None)
            self._updates.append(update)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._came.set)
        return update

    def put_again(self, update: dict[str, Any]) -> None:
        """Queue an update a second time."""
        with self.changed:
            self._updates.append(update)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._came.set)

    @property
    def unconfirmed(self) -> list[dict[str, Any]]:
        """The updates that were not confirmed."""
        with self.changed:
            return list(self._updates)

    def confirm(self, update: dict[str, Any]) -> None:
        """Forget an update that a webhook has taken."""
        with self.changed:
            self._updates.remove(update)
            self.changed.notify_all()

    def keep_message(self, chat: dict[str, Any], sender: dict[str, Any], **content: Any) -> dict[str, Any]:
        """Keep a message of a user or of the bot; return it."""
        with self.changed:
            message = {
                "message_id": next(self._message_ids),
                "date": 1_795_000_000,
                "chat": chat,
                "from": sender,
                **content,
            }
            telegram.Message.de_json(json.loads(json.dumps(message)), None)
            self._messages[chat["id"], message["message_id"]] = message
            return message

    def message(self, chat: int, message_id: int) -> dict[str, Any]:
        """Return a message as it looks now."""
        with self.changed:
            return self._messages[chat, message_id]

    def keep_file(self, data: bytes) -> str:
        """Keep a file that a user sends; return its id."""
        with self.changed:
            name = f"file{len(self._files)}"
            self._files[name] = data
            return name

    def forget_file(self, name: str) -> None:
        """Lose a file."""
        with self.changed:
            del self._files[name]

    def of(self, method: str, chat: int | None = None) -> list[Call]:
        """Return the requests of a method that went well."""
        with self.changed:
            return [
                call
                for call in self.calls
                if call.method == method and call.status == 200 and chat in (None, call.chat)
            ]

    def sent_to(self, chat: int) -> list[dict[str, Any]]:
        """Return the messages that the bot sent to a chat, as they look now."""
        with self.changed:
            return [
                message
                for (where, _), message in self._messages.items()
                if where == chat and message["from"]["is_bot"]
            ]

    def wait_for(self, condition: Callable[[], bool], what: str, *, patience: float = 60.0) -> None:
        """Wait until something holds; it is looked at again after every request."""
        until = time.monotonic() + patience
        with self.changed:
            while not condition():
                assert time.monotonic() < until, f"waited in vain for {what}"
                self.changed.wait(0.02)

    async def serve(self, request: Request) -> Response:
        """Answer a request."""
        self._loop = asyncio.get_running_loop()
        if request.path_params["token"] != TOKEN:
            return _failure(401, "Unauthorized")
        method = request.path_params["method"]
        params, files = await _payload(request)
        self._check(method, params)
        fault = self._fault(method, params)
        if fault is not None:
            return self._answer(method, params, files, fault.status, fault.body)
        try:
            result = await getattr(self, _CAPITAL.sub(lambda found: f"_{found[0].lower()}", f"_{method}"))(
                params, files
            )
        except RefusedError as error:
            body = {"ok": False, "error_code": 400, "description": f"Bad Request: {error}"}
            return self._answer(method, params, files, 400, body)
        except ConflictError as error:
            body = {"ok": False, "error_code": 409, "description": f"Conflict: {error}"}
            return self._answer(method, params, files, 409, body)
        return self._answer(method, params, files, 200, {"ok": True, "result": result})

    async def file(self, request: Request) -> Response:
        """Give a file out."""
        data = self._files.get(request.path_params["path"].rpartition("/")[2])
        if request.path_params["token"] != TOKEN or data is None:
            return Response(status_code=404)
        return Response(data)

    def _fault(self, method: str, params: dict[str, Any]) -> Fault | None:
        with self.changed:
            for fault in self.faults:
                if fault.method == method and fault.chat in (None, int(params.get("chat_id", 0))):
                    self.faults.remove(fault)
                    return fault
        return None

    def _answer(
        self, method: str, params: dict[str, Any], files: dict[str, Any], status: int, body: dict[str, Any]
    ) -> Response:
        with self.changed:
            call = Call(method, params, files, time.monotonic(), status, body.get("result"))
            self.calls.append(call)
            self.changed.notify_all()
        return JSONResponse(body, status)

    def _check(self, method: str, params: dict[str, Any]) -> None:
        """Note what the second reader of the documentation does not know."""
        known = _METHODS.get(method)
        if known is None:
            self.objections.append(f"{method} is not known")
            return
        unknown = set(params) - set(inspect.signature(known).parameters)
        if unknown:
            self.objections.append(f"{method} does not take {sorted(unknown)}")
        if "reply_markup" in params:
            telegram.InlineKeyboardMarkup.de_json(params["reply_markup"], None)
        for name, kind in (
            ("link_preview_options", telegram.LinkPreviewOptions),
            ("reply_parameters", telegram.ReplyParameters),
        ):
            if name in params:
                kind.de_json(params[name], None)

    async def _get_me(self, _params: dict[str, Any], _files: dict[str, Any]) -> Any:
        return BOT

    async def _get_updates(self, params: dict[str, Any], _files: dict[str, Any]) -> Any:
        if self.webhook is not None:
            raise ConflictError("can't use getUpdates method while webhook is active")
        offset, limit = int(params.get("offset", 0)), int(params.get("limit", 100))
        with self.changed:
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
            self.changed.notify_all()
        if not self._updates and int(params.get("timeout", 0)) and not self._is_closing:
            self._came.clear()
            try:
                await asyncio.wait_for(self._came.wait(), int(params["timeout"]))
            except TimeoutError:
                return []
        with self.changed:
            return self._updates[:limit]

    async def _send_message(self, params: dict[str, Any], _files: dict[str, Any]) -> Any:
        text = params["text"].strip()
        if not text:
            raise RefusedError("message text is empty")
        if len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
            raise RefusedError("message is too long")
        return self._sent(params, text=text)

    async def _send_document(self, params: dict[str, Any], files: dict[str, Any]) -> Any:
        caption = params.get("caption", "")
        if len(caption.encode("utf-16-le")) // 2 > LONGEST_CAPTION:
            raise RefusedError("message caption is too long")
        name, data = (
            files[params["document"].removeprefix("attach://")] if "document" in params else files["document"]
        )
        document = {
            "file_id": self.keep_file(data),
            "file_unique_id": name,
            "file_name": name,
            "file_size": len(data),
        }
        return self._sent(params, document=document, **({"caption": caption} if caption else {}))

    async def _edit_message_reply_markup(self, params: dict[str, Any], _files: dict[str, Any]) -> Any:
        message = self._messages.get((int(params["chat_id"]), int(params["message_id"])))
        if message is None or not message["from"]["is_bot"]:
            raise RefusedError("message to edit not found")
        markup = _markup(params)
        if markup == message.get("reply_markup"):
            raise RefusedError("message is not modified")
        with self.changed:
            if markup is None:
                message.pop("reply_markup", None)
            else:
                message["reply_markup"] = markup
        return message

    async def _answer_callback_query(self, _params: dict[str, Any], _files: dict[str, Any]) -> Any:
        return True

    async def _send_chat_action(self, params: dict[str, Any], _files: dict[str, Any]) -> Any:
        if params["action"] not in set(telegram.constants.ChatAction):
            raise RefusedError("wrong parameter action")
        return True

    async def _set_my_commands(self, params: dict[str, Any], _files: dict[str, Any]) -> Any:
        for command in params["commands"]:
            telegram.BotCommand.de_json(command, None)
            if not 1 <= len(command["description"]) <= 256:
                raise RefusedError("BOT_COMMAND_DESCRIPTION_INVALID")
        return True

    async def _set_webhook(self, params: dict[str, Any], _files: dict[str, Any]) -> Any:
        self.webhook = params
        return True

    async def _delete_webhook(self, _params: dict[str, Any], _files: dict[str, Any]) -> Any:
        self.webhook = None
        return True

    async def _get_file(self, params: dict[str, Any], _files: dict[str, Any]) -> Any:
        data = self._files.get(params["file_id"])
        if data is None:
            raise RefusedError("invalid file_id")
        if len(data) > LARGEST_FETCHED:
            raise RefusedError("file is too big")
        return {
            "file_id": params["file_id"],
            "file_unique_id": params["file_id"],
            "file_size": len(data),
            "file_path": f"documents/{params['file_id']}",
        }

    def _sent(self, params: dict[str, Any], **content: Any) -> dict[str, Any]:
        chat = int(params["chat_id"])
        markup = _markup(params)
        if markup is not None:
            content["reply_markup"] = markup
        about = self._messages.get((chat, params.get("reply_parameters", {}).get("message_id", 0)))
        if about is not None:
            content["reply_to_message"] = {k: v for k, v in about.items() if k != "reply_to_message"}
        kind = {"type": "private", "first_name": "?"} if chat > 0 else {"type": "supergroup", "title": "?"}
        return self.keep_message({"id": chat, **kind}, BOT, **content)


def _markup(params: dict[str, Any]) -> dict[str, Any] | None:
    markup = params.get("reply_markup")
    if markup is None:
        return None
    keys = [key for row in markup["inline_keyboard"] for key in row]
    if len(keys) > MOST_BUTTONS:
        raise RefusedError("reply markup is too long")
    for key in keys:
        if not key["text"].strip():
            raise RefusedError("text buttons are unallowed in the inline keyboard")
        if not 1 <= len(key["callback_data"].encode()) <= LONGEST_DATA:
            raise RefusedError("BUTTON_DATA_INVALID")
    return markup if keys else None


async def _payload(request: Request) -> tuple[dict[str, Any], dict[str, tuple[str, bytes]]]:
    """Return the parameters, and the files, however they were sent."""
    if request.headers.get("content-type", "").startswith("application/json"):
        return await request.json(), {}
    params: dict[str, Any] = {}
    files: dict[str, tuple[str, bytes]] = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = (value.filename or "", await value.read())
            else:
                params[name] = _value(name, value)
    return params, files


def _value(name: str, value: str) -> Any:
    if name in ("reply_markup", "reply_parameters", "link_preview_options", "commands", "allowed_updates"):
        return json.loads(value)
    return value


def _failure(status: int, description: str) -> Response:
    return JSONResponse({"ok": False, "error_code": status, "description": description}, status)


def flood(method: str, seconds: int, chat: int | None = None) -> Fault:
    """Return the answer of a Telegram that asks to wait."""
    body = {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {seconds}",
        "parameters": {"retry_after": seconds},
    }
    return Fault(method, 429, body, chat)


def blocked(method: str, chat: int) -> Fault:
    """Return the answer for a user who has blocked the bot."""
    body = {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    return Fault(method, 403, body, chat)


def broken(method: str) -> Fault:
    """Return the answer of a Telegram that is being mended."""
    return Fault(method, 502, {"ok": False, "error_code": 502, "description": "Bad Gateway"})


@contextmanager
def serving_bot_api() -> Generator[BotApi]:
    """Serve the Bot API from a thread."""
    api = BotApi()
    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", api.serve, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", api.file),
        ]
    )
    with listen("127.0.0.1", 0) as listening:
        api.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(
            app, http="h11", ws="none", lifespan="off", log_config=None, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            yield api
        finally:
            api.close()
            server.should_exit = True
            thread.join(10)
    assert not api.objections
