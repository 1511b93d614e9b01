import anthropic

from checks import KEY, TEXT, raises

MODEL = "mock-gpt-4"
BASE = {"model": MODEL, "max_tokens": 100, "messages": [{"role": "user", "content": "How is the weather in Bern?"}]}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [{"name": "get_weather", "input_schema": SCHEMA}]


def client(origin, **options):
    return anthropic.Anthropic(base_url=origin, **{"api_key": KEY, "max_retries": 0, **options})


def failing(origin, fault, **options):
    return client(origin, **options).messages.create(**BASE, extra_headers={"x-mock-fault": fault})


def check_messages(origin):
    message = client(origin).messages.create(**BASE)
    assert (message.content[0].text, message.stop_reason) == (TEXT, "end_turn")
    assert (message.usage.input_tokens, message.usage.output_tokens) == (7, 7)
    assert message._request_id.startswith("req_")


def check_stream(origin):
    types = [event.type for event in client(origin).messages.create(**BASE, stream=True)]
    assert types[:2] == ["message_start", "content_block_start"], types
    assert types.count("content_block_delta") == 7
    assert types[-3:] == ["content_block_stop", "message_delta", "message_stop"]


def check_stream_helper(origin):
    with client(origin).messages.stream(**BASE) as stream:
        assert "".join(stream.text_stream) == TEXT
        message = stream.get_final_message()
    assert (message.stop_reason, message.usage.output_tokens) == ("end_turn", 7)


def check_tools(origin):
    with client(origin).messages.stream(**BASE, tools=TOOLS, tool_choice={"type": "any"}) as stream:
        first = stream.get_final_message()
    block = first.content[0]
    assert (first.stop_reason, block.name, block.input) == ("tool_use", "get_weather", {"city": "mock"})
    result = {"type": "tool_result", "tool_use_id": block.id, "content": "21 degrees"}
    turns = [{"role": "assistant", "content": first.content}, {"role": "user", "content": [result]}]
    second = client(origin).messages.create(**{**BASE, "messages": [*BASE["messages"], *turns]}, tools=TOOLS)
    assert second.content[0].text == TEXT


def check_count_tokens(origin):
    assert client(origin).messages.count_tokens(model=MODEL, messages=BASE["messages"]).input_tokens == 7


def check_models(origin):
    assert [model.id for model in client(origin).models.list()] == [MODEL]


def check_errors(origin):
    for fault, error in {
        "400": anthropic.BadRequestError,
        "404": anthropic.NotFoundError,
        "429": anthropic.RateLimitError,
        "500": anthropic.InternalServerError,
        "529": anthropic.InternalServerError,
        "reset": anthropic.APIConnectionError,
    }.items():
        raises(error, lambda: failing(origin, fault))
    raises(anthropic.APITimeoutError, lambda: failing(origin, "stalled", timeout=0.2))
    wrong = raises(anthropic.AuthenticationError, lambda: client(origin, api_key="sk-wrong-key").messages.create(**BASE))
    assert wrong.body["error"]["type"] == "authentication_error"


def check_retries(origin):
    tries = []
    counting = client(origin, max_retries=2)
    counting._client.event_hooks["request"].append(lambda request: tries.append(request))
    raises(
        anthropic.RateLimitError,
        lambda: counting.messages.create(**BASE, extra_headers={"x-mock-fault": "429(10ms)"}),
    )
    assert len(tries) == 3
