// The AWS SDK for JavaScript v3 as a user of the token cache: prints role credentials of a profile as one JSON object,
// and for a profile with an sso-session the token too.
//
// Run by tests/sdk_interop.rs in an environment whose endpoints are a local Identity Center. The modules are where
// tests/sdk/install put them, so they are found from there and not from here.
// usage: node client.mjs MODULES PROFILE [token]

import { createRequire } from "node:module";

const [modules, profile, wantsToken] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { fromSSO } = require("@aws-sdk/credential-provider-sso");
const { fromSso } = require("@aws-sdk/token-providers");

const token = wantsToken ? (await fromSso({ profile })()).token : null;
const { accessKeyId, secretAccessKey, sessionToken } = await fromSSO({ profile })();
console.log(JSON.stringify({ accessKeyId, secretAccessKey, sessionToken, token }));
