"""What Python's jmespath makes of a query, and how it and ruamel.yaml print the result.

Reads lines `[expression, document]`, writes for each a line with `json` and `yaml`, or `syntax`, or `fails`. With --check
it only says by its exit status whether everything needed is there: ruamel.yaml with the C emitter, as AWS CLI has it.
"""
import io
import json
import sys
import warnings

import jmespath
import ruamel.yaml

warnings.simplefilter("ignore")


def dumper():
    yaml = ruamel.yaml.YAML(typ="safe")
    yaml.encoding = None
    yaml.representer.default_flow_style = False
    # A value that a query uses twice is printed twice, without an anchor.
    yaml.representer.ignore_aliases = lambda value: True
    return yaml


def as_json(value):
    return "" if value == {} else json.dumps(value, indent=4, ensure_ascii=False) + "\n"


def as_yaml(yaml, value):
    if value is None or isinstance(value, (bool, int, float, str)):
        return as_json(value)
    stream = io.StringIO()
    if value != {}:
        yaml.dump(value, stream)
    return stream.getvalue()


def prints(yaml, expression, document):
    try:
        query = jmespath.compile(expression)
    except (jmespath.exceptions.JMESPathError, IndexError) as error:
        return {"syntax": str(error)}
    try:
        value = query.search(document)
    except Exception as error:
        return {"fails": str(error)}
    try:
        return {"json": as_json(value), "yaml": as_yaml(yaml, value)}
    except TypeError:
        return {"unprintable": True}


def main():
    yaml = dumper()
    if ruamel.yaml.main.CEmitter is None or yaml.Emitter is not ruamel.yaml.main.CEmitter:
        sys.exit("ruamel.yaml.clib is missing")
    if "--check" in sys.argv:
        return
    for line in sys.stdin:
        expression, document = json.loads(line)
        print(json.dumps(prints(yaml, expression, document)))


main()
