import openai
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

from checks import KEY, TEXT, raises

QUESTION = "How is the weather in Bern?"


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    degrees: float


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"21 degrees in {city}"


def chat(origin, **options):
    return ChatOpenAI(base_url=f"{origin}/v1", model="mock-gpt-4", **{"api_key": KEY, "max_retries": 0, **options})


def check_invoke(origin):
    message = chat(origin).invoke(QUESTION)
    assert message.content == TEXT
    assert message.usage_metadata["output_tokens"] == 7
    assert message.response_metadata["finish_reason"] == "stop"


def check_stream(origin):
    chunks = list(chat(origin, stream_usage=True).stream(QUESTION))
    assert "".join(chunk.content for chunk in chunks) == TEXT
    assert sum(chunk.usage_metadata["output_tokens"] for chunk in chunks if chunk.usage_metadata) == 7


def check_responses_api(origin):
    model = chat(origin, use_responses_api=True)
    assert model.invoke(QUESTION).text == TEXT
    assert "".join(chunk.text for chunk in model.stream(QUESTION)) == TEXT


def check_tools(origin):
    model = chat(origin).bind_tools([get_weather])
    first = model.invoke(QUESTION)
    [call] = first.tool_calls
    assert (call["name"], call["args"]) == ("get_weather", {"city": "mock"})
    result = ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"])
    assert model.invoke([HumanMessage(QUESTION), first, result]).content == TEXT


def check_structured_output(origin):
    for method in ("json_schema", "function_calling"):
        answer = chat(origin).with_structured_output(Weather, method=method).invoke(QUESTION)
        assert answer.city == "mock", method


def check_embeddings(origin):
    embedder = OpenAIEmbeddings(base_url=f"{origin}/v1", api_key=KEY, model="mock", check_embedding_ctx_length=False)
    assert [len(vector) for vector in embedder.embed_documents(["a", "b"])] == [1536, 1536]


def check_errors(origin):
    for fault, error in {"429": openai.RateLimitError, "500": openai.InternalServerError}.items():
        model = chat(origin, default_headers={"x-mock-fault": fault})
        raises(error, lambda: model.invoke(QUESTION))
    raises(openai.AuthenticationError, lambda: chat(origin, api_key="sk-wrong-key").invoke(QUESTION))
