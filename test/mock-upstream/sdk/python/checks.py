"""Runs the checks of one Python SDK against a mock, and prints what came of each as a JSON object.

    python checks.py MODULE ORIGIN    MODULE is one of openai_checks, anthropic_checks, litellm_checks, langchain_checks
"""

import importlib
import inspect
import json
import sys
import traceback

TEXT = "Mock response from the gatebench upstream server."
KEY = "sk-right"


def raises(error, call):
    """The error that the call must raise."""
    try:
        call()
    except error as raised:
        return raised
    raise AssertionError(f"no {error.__name__} was raised")


def main():
    module_name, origin = sys.argv[1:]
    module = importlib.import_module(module_name)
    outcomes = {}
    for name, check in inspect.getmembers(module, inspect.isfunction):
        if not name.startswith("check_"):
            continue
        try:
            check(origin)
            outcomes[name] = "ok"
        except Exception:
            outcomes[name] = traceback.format_exc()
    print(json.dumps(outcomes))


if __name__ == "__main__":
    main()
