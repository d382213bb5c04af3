// The AWS SDK for JavaScript v3 as a user of the token cache: prints role credentials of a profile as one JSON object,
// and for a profile with an sso-session the token too. A profile with a credential_process has them from that.
//
// Run by tests/sdk_interop.rs in an environment whose endpoints are a local Identity Center. The modules are where
// tests/sdk/install put them, so they are found from there and not from here.
// usage: node client.mjs MODULES PROFILE [token | process]

import { createRequire } from "node:module";

const [modules, profile, mode] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { fromProcess } = require("@aws-sdk/credential-provider-process");
const { fromSSO } = require("@aws-sdk/credential-provider-sso");
const { fromSso } = require("@aws-sdk/token-providers");

const token = mode === "token" ? (await fromSso({ profile })()).token : null;
const provider = mode === "process" ? fromProcess({ profile }) : fromSSO({ profile });
const { accessKeyId, secretAccessKey, sessionToken } = await provider();
console.log(JSON.stringify({ accessKeyId, secretAccessKey, sessionToken, token }));
