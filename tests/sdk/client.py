"""boto3 as a user of the token cache: prints role credentials and the token of a profile as one JSON object.

Run by tests/sdk_interop.rs in an environment whose endpoints are a local Identity Center.
usage: client.py PROFILE
"""

import json
import sys

import boto3

session = boto3.Session(profile_name=sys.argv[1])
frozen = session.get_credentials().get_frozen_credentials()
print(
    json.dumps(
        {
            "accessKeyId": frozen.access_key,
            "secretAccessKey": frozen.secret_key,
            "sessionToken": frozen.token,
        }
    )
)
