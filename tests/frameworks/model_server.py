"""A server that speaks the HTTP APIs of OpenAI- and Anthropic-style services, for tests.

It prints its port and serves until its standard input is closed. What it answers follows from the
request: it repeats the last message in capitals, and asks for the first tool that it is offered
while no result of a tool is among the messages. ``fail=N`` in a message makes the first N attempts
of that request fail with status 503, ``refuse`` makes all fail with status 400.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

attempts = {}


def text_of(content):
    if isinstance(content, str):
        return content
    return " ".join(part.get("text", part.get("content", "")) for part in content or ())


def usage(*names, given, made):
    return {names[0]: given, names[1]: made, "total_tokens": given + made}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        said = self.said(body)
        if "refuse" in said:
            return self.json({"error": {"message": f"no: {said}", "type": "bad"}}, 400)
        if "fail=" in said:
            wanted = int(said.partition("fail=")[2].split()[0])
            attempts[said] = attempts.get(said, 0) + 1
            if attempts[said] <= wanted:
                return self.json({"error": {"message": "busy", "type": "busy"}}, 503)
            del attempts[said]
        answer = {
            "/v1/chat/completions": self.chat,
            "/v1/responses": self.response,
            "/v1/embeddings": self.embeddings,
            "/v1/messages": self.message,
        }[self.path]
        return answer(body, said)

    def said(self, body):
        given = body.get("messages") or body.get("input")
        if isinstance(given, str):
            return given
        last = given[-1]
        return text_of(last if isinstance(last, str) else last.get("content", last.get("output")))

    def tool(self, body):
        done = any(m.get("role") == "tool" for m in body["messages"])
        done = done or "tool_result" in json.dumps(body["messages"])
        return None if done or not body.get("tools") else body["tools"][0]

    def chat(self, body, said):
        model = body["model"] + "-2026-01-01"
        tool = self.tool(body)
        call = tool and {
            "id": "call_1",
            "type": "function",
            "function": {"name": tool["function"]["name"], "arguments": '{"query": "tea"}'},
        }
        counts = usage("prompt_tokens", "completion_tokens", given=11, made=5)
        base = {"id": "c1", "created": 1, "model": model}
        finish = "tool_calls" if tool else "stop"
        if not body.get("stream"):
            message = {"role": "assistant", "content": None if tool else said.upper()}
            if tool:
                message["tool_calls"] = [call]
            choices = [
                {"index": i, "message": message, "finish_reason": finish}
                for i in range(body.get("n") or 1)
            ]
            whole = {**base, "object": "chat.completion", "choices": choices, "usage": counts}
            return self.json(whole)
        deltas = [{"role": "assistant", "content": word + " "} for word in said.upper().split()]
        if tool:
            deltas = [{"tool_calls": [{"index": 0, **call}]}]
        parts = [
            {**base, "choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas
        ]
        parts.append({**base, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
        if (body.get("stream_options") or {}).get("include_usage"):
            parts.append({**base, "choices": [], "usage": counts})
        chunk = "chat.completion.chunk"
        events = [(None, json.dumps({**part, "object": chunk})) for part in parts]
        return self.events([*events, (None, "[DONE]")])

    def response(self, body, said):
        counts = usage("input_tokens", "output_tokens", given=7, made=3)
        counts["input_tokens_details"] = {"cached_tokens": 2}
        counts["output_tokens_details"] = {"reasoning_tokens": 1}
        text = {"type": "output_text", "text": said.upper(), "annotations": []}
        item = {
            "id": "m1",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [text],
        }
        whole = {
            "id": "r1",
            "object": "response",
            "created_at": 1,
            "model": body["model"],
            "status": "completed",
            "output": [item],
            "usage": counts,
            "tools": [],
            "parallel_tool_calls": True,
            "tool_choice": "auto",
        }
        if not body.get("stream"):
            return self.json(whole)
        begun = {**whole, "status": "in_progress", "output": [], "usage": None}
        events = [
            {"type": "response.created", "response": begun, "sequence_number": 0},
            {
                "type": "response.output_item.added",
                "output_index": 0,
                "sequence_number": 0,
                "item": {**item, "content": [], "status": "in_progress"},
            },
            {
                "type": "response.content_part.added",
                "item_id": "m1",
                "output_index": 0,
                "content_index": 0,
                "sequence_number": 0,
                "part": {**text, "text": ""},
            },
            {
                "type": "response.output_text.delta",
                "delta": said.upper(),
                "item_id": "m1",
                "output_index": 0,
                "content_index": 0,
                "sequence_number": 1,
                "logprobs": [],
            },
            {"type": "response.completed", "response": whole, "sequence_number": 2},
        ]
        return self.events([(event["type"], json.dumps(event)) for event in events])

    def embeddings(self, body, said):
        given = body["input"] if isinstance(body["input"], list) else [body["input"]]
        data = [
            {"object": "embedding", "index": i, "embedding": [float(len(one)), 0.5]}
            for i, one in enumerate(given)
        ]
        counts = {"prompt_tokens": 4, "total_tokens": 4}
        self.json({"object": "list", "data": data, "model": body["model"], "usage": counts})

    def message(self, body, said):
        tool = self.tool(body)
        block = {"type": "text", "text": said.upper()}
        if tool:
            block = {"type": "tool_use", "id": "toolu_1", "name": tool["name"], "input": {"q": 1}}
        reason = "tool_use" if tool else "end_turn"
        counts = {"input_tokens": 9, "output_tokens": 4, "cache_read_input_tokens": 1}
        whole = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "content": [block],
            "model": body["model"],
            "stop_reason": reason,
            "stop_sequence": None,
            "usage": counts,
        }
        if not body.get("stream"):
            return self.json(whole)
        begun = {**whole, "content": [], "stop_reason": None}
        empty = {**block, "input": {}} if tool else {**block, "text": ""}
        delta = (
            {"type": "input_json_delta", "partial_json": '{"q": 1}'}
            if tool
            else {"type": "text_delta", "text": said.upper()}
        )
        events = [
            {"type": "message_start", "message": begun},
            {"type": "content_block_start", "index": 0, "content_block": empty},
            {"type": "content_block_delta", "index": 0, "delta": delta},
            {"type": "content_block_stop", "index": 0},
            {
                "type": "message_delta",
                "delta": {"stop_reason": reason, "stop_sequence": None},
                "usage": {"output_tokens": 4},
            },
            {"type": "message_stop"},
        ]
        return self.events([(event["type"], json.dumps(event)) for event in events])

    def json(self, data, status=200):
        sent = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("retry-after-ms", "1")
        self.send_header("content-length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def events(self, events):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for name, data in events:
            head = f"event: {name}\n" if name else ""
            self.wfile.write(f"{head}data: {data}\n\n".encode())
        self.close_connection = True


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
