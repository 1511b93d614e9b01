import json

import litellm

from checks import KEY, TEXT, raises

MESSAGES = [{"role": "user", "content": "How is the weather in Bern?"}]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": PARAMETERS}}]


def providers(origin):
    """The same mock, in the words of each provider."""
    return [
        {"model": "openai/mock-gpt-4", "api_base": f"{origin}/v1"},
        {"model": "anthropic/mock-gpt-4", "api_base": origin},
        {"model": "azure/my-gpt", "api_base": origin, "api_version": "2024-10-21"},
        {"model": "gemini/mock-gpt-4", "api_base": f"{origin}/v1beta"},
    ]


def complete(provider, **options):
    return litellm.completion(**provider, api_key=KEY, messages=MESSAGES, **{"num_retries": 0, "max_retries": 0, **options})


def check_completion(origin):
    for provider in providers(origin):
        completion = complete(provider)
        assert completion.choices[0].message.content == TEXT, provider
        assert completion.usage.completion_tokens == 7, provider


def check_stream(origin):
    for provider in providers(origin):
        chunks = list(complete(provider, stream=True))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        assert text == TEXT, (provider, text)


def check_tools(origin):
    for provider in providers(origin):
        call = complete(provider, tools=TOOLS).choices[0].message.tool_calls[0]
        assert (call.function.name, json.loads(call.function.arguments)) == ("get_weather", {"city": "mock"}), provider


def check_embedding(origin):
    answer = litellm.embedding(
        model="openai/text-embedding-3-small", api_base=f"{origin}/v1", api_key=KEY, input=["a", "b"], dimensions=8
    )
    assert [len(one["embedding"]) for one in answer.data] == [8, 8]


def check_responses(origin):
    response = litellm.responses(model="openai/mock-gpt-4", api_base=f"{origin}/v1", api_key=KEY, input="Hello")
    assert response.output[0].content[0].text == TEXT


def check_errors(origin):
    for provider in providers(origin)[:2]:
        for fault, error in {
            "429": litellm.RateLimitError,
            "500": litellm.InternalServerError,
            "400": litellm.BadRequestError,
        }.items():
            raises(error, lambda: complete(provider, extra_headers={"x-mock-fault": fault}))
    raises(litellm.AuthenticationError, lambda: litellm.completion(**providers(origin)[0], api_key="sk-wrong-key", messages=MESSAGES))
