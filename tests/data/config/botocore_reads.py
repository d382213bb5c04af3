"""What botocore makes of configuration files: one JSON line for each file named on standard input.

A name ending in .ini is read as the config file, together with the credentials file of the same name if there is one.
The line has the profiles, sso-sessions and services in botocore's order, or is null where it refuses the files.
"""

import json
import os
import sys

try:
    import awscli  # which makes its own copy of botocore importable
except ImportError:
    pass

import botocore.session
from botocore.exceptions import ConfigParseError

session = botocore.session.Session()


def read(name):
    session._config = None
    session.set_config_variable("config_file", name)
    session.set_config_variable("credentials_file", name[: -len(".ini")] + ".credentials")
    try:
        config = session.full_config
    except ConfigParseError:
        return None
    return [list(config.get(kind, {}).items()) for kind in ("profiles", "sso_sessions", "services")]


for line in sys.stdin:
    print(json.dumps(read(os.path.abspath(line.rstrip("\n")))))
