import asyncio
import json

import openai
from pydantic import BaseModel

from checks import KEY, TEXT, raises

MODEL = "mock-gpt-4"
MESSAGES = [{"role": "user", "content": "How is the weather in Bern?"}]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": PARAMETERS}}]


class Weather(BaseModel):
    city: str
    degrees: float


def client(origin, **options):
    return openai.OpenAI(base_url=f"{origin}/v1", **{"api_key": KEY, "max_retries": 0, **options})


def failing(origin, fault, **options):
    return client(origin, **options).chat.completions.create(
        model=MODEL, messages=MESSAGES, extra_headers={"x-mock-fault": fault}
    )


def check_chat(origin):
    completion = client(origin).chat.completions.create(model=MODEL, messages=MESSAGES)
    assert completion.choices[0].message.content == TEXT
    assert (completion.usage.prompt_tokens, completion.usage.completion_tokens) == (7, 7)
    assert completion._request_id.startswith("req_")


def check_chat_stream(origin):
    chunks = list(
        client(origin).chat.completions.create(
            model=MODEL, messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
    )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == TEXT
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].usage.total_tokens == 14


def check_chat_stream_helper(origin):
    with client(origin).chat.completions.stream(model=MODEL, messages=MESSAGES) as stream:
        deltas = [event.delta for event in stream if event.type == "content.delta"]
        completion = stream.get_final_completion()
    assert len(deltas) == 7
    assert completion.choices[0].message.content == TEXT


def check_chat_tools(origin):
    with client(origin).chat.completions.stream(
        model=MODEL, messages=MESSAGES, tools=TOOLS, tool_choice="required"
    ) as stream:
        stream.until_done()
        message = stream.get_final_completion().choices[0].message
    assert json.loads(message.tool_calls[0].function.arguments) == {"city": "mock"}
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "21 degrees"}
    completion = client(origin).chat.completions.create(
        model=MODEL, messages=[*MESSAGES, message.model_dump(exclude_none=True), result], tools=TOOLS
    )
    assert completion.choices[0].message.content == TEXT


def check_chat_structured_output(origin):
    completion = client(origin).chat.completions.parse(model=MODEL, messages=MESSAGES, response_format=Weather)
    assert completion.choices[0].message.parsed == Weather(city="mock", degrees=1)


def check_chat_async(origin):
    async def ask():
        async with openai.AsyncOpenAI(base_url=f"{origin}/v1", api_key=KEY) as asynchronous:
            stream = await asynchronous.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert asyncio.run(ask()) == TEXT


def check_responses(origin):
    response = client(origin).responses.create(model=MODEL, input="Hello")
    assert (response.output_text, response.status, response.usage.output_tokens) == (TEXT, "completed", 7)


def check_responses_stream_helper(origin):
    with client(origin).responses.stream(model=MODEL, input="Hello") as stream:
        deltas = [event.delta for event in stream if event.type == "response.output_text.delta"]
        response = stream.get_final_response()
    assert "".join(deltas) == response.output_text == TEXT


def check_responses_tools(origin):
    tools = [{"type": "function", "name": "get_weather", "parameters": PARAMETERS, "strict": True}]
    with client(origin).responses.stream(model=MODEL, input="Hello", tools=tools) as stream:
        stream.until_done()
        call = stream.get_final_response().output[0]
    assert (call.type, call.name, json.loads(call.arguments)) == ("function_call", "get_weather", {"city": "mock"})


def check_responses_structured_output(origin):
    response = client(origin).responses.parse(model=MODEL, input="Hello", text_format=Weather)
    assert response.output_parsed == Weather(city="mock", degrees=1)


def check_embeddings(origin):
    answer = client(origin).embeddings.create(model=MODEL, input=["a", "b"], dimensions=8)
    assert [len(one.embedding) for one in answer.data] == [8, 8]
    assert abs(sum(value**2 for value in answer.data[0].embedding) - 1) < 1e-5
    assert answer.usage.prompt_tokens == 2


def check_completions(origin):
    completion = client(origin).completions.create(model=MODEL, prompt="Hello", max_tokens=3)
    assert (completion.choices[0].text, completion.choices[0].finish_reason) == ("Mock response from", "length")


def check_models(origin):
    assert [model.id for model in client(origin).models.list()] == [MODEL]
    assert client(origin).models.retrieve(MODEL).id == MODEL
    raises(openai.NotFoundError, lambda: client(origin).models.retrieve("gpt-99"))


def check_azure(origin):
    azure = openai.AzureOpenAI(azure_endpoint=origin, api_key=KEY, api_version="2024-10-21")
    assert azure.chat.completions.create(model="my-gpt", messages=MESSAGES).choices[0].message.content == TEXT


def check_errors(origin):
    for fault, error in {
        "400": openai.BadRequestError,
        "403": openai.PermissionDeniedError,
        "404": openai.NotFoundError,
        "409": openai.ConflictError,
        "422": openai.UnprocessableEntityError,
        "429": openai.RateLimitError,
        "500": openai.InternalServerError,
        "503": openai.InternalServerError,
        "reset": openai.APIConnectionError,
    }.items():
        raises(error, lambda: failing(origin, fault))
    raises(openai.APITimeoutError, lambda: failing(origin, "stalled", timeout=0.2))
    wrong = raises(openai.AuthenticationError, lambda: client(origin, api_key="sk-wrong-key").models.list())
    assert wrong.code == "invalid_api_key"


def check_retries(origin):
    # The mock tells each try of this client by its header.
    tries = []
    counting = client(origin, max_retries=2)
    counting._client.event_hooks["request"].append(lambda request: tries.append(request))
    raises(
        openai.RateLimitError,
        lambda: counting.chat.completions.create(
            model=MODEL, messages=MESSAGES, extra_headers={"x-mock-fault": "429(10ms)"}
        ),
    )
    assert len(tries) == 3
