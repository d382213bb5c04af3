//! AWS's service model of SSO OIDC: the operations, their members, the option of each member, and which are secret.
//!
//! Members are in the model's order, which is also their order in requests from options and in printed responses.
//! Secret are the model's sensitive shapes, and also codes and values that contain a code.

/// One of the four operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `CreateToken`
    CreateToken,
    /// `CreateTokenWithIAM`
    CreateTokenWithIam,
    /// `RegisterClient`
    RegisterClient,
    /// `StartDeviceAuthorization`
    StartDeviceAuthorization,
}

/// A member of a request or a response.
#[derive(Debug)]
pub struct Member {
    /// Its name in JSON.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Whether it is required in a request.
    pub required: bool,
    /// Whether its value is a secret.
    pub sensitive: bool,
    /// The name of its option, without dashes.
    pub option: &'static str,
    /// The placeholder for its value in the help.
    pub value: &'static str,
    /// Its help text.
    pub help: &'static str,
}

impl Member {
    const fn option(self, option: &'static str, value: &'static str, help: &'static str) -> Self {
        Self { option, value, help, ..self }
    }
}

/// The value of an option.
#[derive(Clone, PartialEq, Eq)]
pub enum Words {
    /// A single value.
    One(String),
    /// The values of an option that takes a list.
    Many(Vec<String>),
}

/// The type of a member.
#[derive(Debug)]
pub enum Kind {
    /// A string.
    String,
    /// An integer, of any size.
    Integer,
    /// A list of strings; the name is that of the element's shape.
    Strings(&'static str),
    /// A structure of these members.
    Structure(&'static [Member]),
}

impl Operation {
    /// All operations, in the model's order.
    pub const ALL: [Self; 4] =
        [Self::CreateToken, Self::CreateTokenWithIam, Self::RegisterClient, Self::StartDeviceAuthorization];

    /// The name in the model, which is also used in error messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateToken => "CreateToken",
            Self::CreateTokenWithIam => "CreateTokenWithIAM",
            Self::RegisterClient => "RegisterClient",
            Self::StartDeviceAuthorization => "StartDeviceAuthorization",
        }
    }

    /// The name of its command.
    pub fn command(self) -> &'static str {
        match self {
            Self::CreateToken => "create-token",
            Self::CreateTokenWithIam => "create-token-with-iam",
            Self::RegisterClient => "register-client",
            Self::StartDeviceAuthorization => "start-device-authorization",
        }
    }

    /// The path and query, relative to the endpoint.
    pub fn path(self) -> &'static str {
        match self {
            Self::CreateToken => "/token",
            Self::CreateTokenWithIam => "/token?aws_iam=t",
            Self::RegisterClient => "/client/register",
            Self::StartDeviceAuthorization => "/device_authorization",
        }
    }

    /// Whether requests are signed with IAM credentials.
    pub fn is_signed(self) -> bool {
        self == Self::CreateTokenWithIam
    }

    /// Members of the request.
    pub fn input(self) -> &'static [Member] {
        match self {
            Self::CreateToken => &CREATE_TOKEN_INPUT,
            Self::CreateTokenWithIam => &CREATE_TOKEN_WITH_IAM_INPUT,
            Self::RegisterClient => &REGISTER_CLIENT_INPUT,
            Self::StartDeviceAuthorization => &START_DEVICE_AUTHORIZATION_INPUT,
        }
    }

    /// Members of the response.
    pub fn output(self) -> &'static [Member] {
        match self {
            Self::CreateToken => &CREATE_TOKEN_OUTPUT,
            Self::CreateTokenWithIam => &CREATE_TOKEN_WITH_IAM_OUTPUT,
            Self::RegisterClient => &REGISTER_CLIENT_OUTPUT,
            Self::StartDeviceAuthorization => &START_DEVICE_AUTHORIZATION_OUTPUT,
        }
    }
}

const fn string(name: &'static str) -> Member {
    Member { name, kind: Kind::String, required: false, sensitive: false, option: "", value: "", help: "" }
}

const fn secret(name: &'static str) -> Member {
    Member { sensitive: true, ..string(name) }
}

const fn integer(name: &'static str) -> Member {
    Member { kind: Kind::Integer, ..string(name) }
}

const fn strings(name: &'static str, element: &'static str) -> Member {
    Member { kind: Kind::Strings(element), ..string(name) }
}

const fn required(member: Member) -> Member {
    Member { required: true, ..member }
}

static CREATE_TOKEN_INPUT: [Member; 9] = [
    required(string("clientId")).option("client-id", "ID", "Client ID from register-client"),
    required(secret("clientSecret")).option("client-secret", "SECRET", "Client secret from register-client"),
    required(string("grantType")).option(
        "grant-type",
        "GRANT",
        "Grant type: authorization_code, refresh_token or urn:ietf:params:oauth:grant-type:device_code",
    ),
    secret("deviceCode").option("device-code", "CODE", "Device code from start-device-authorization"),
    secret("code").option("code", "CODE", "Authorization code from the redirect"),
    secret("refreshToken").option("refresh-token", "TOKEN", "Refresh token from an earlier response"),
    strings("scope", "Scope").option("scope", "SCOPE", "Scopes to request"),
    string("redirectUri").option("redirect-uri", "URI", "Redirect URI of the authorization request"),
    secret("codeVerifier").option("code-verifier", "VERIFIER", "PKCE code verifier of the authorization request"),
];

static CREATE_TOKEN_WITH_IAM_INPUT: [Member; 11] = [
    required(string("clientId")).option("client-id", "ARN", "ARN of the customer managed application"),
    required(string("grantType")).option("grant-type", "GRANT", "Grant type: authorization_code, refresh_token, urn:ietf:params:oauth:grant-type:jwt-bearer or urn:ietf:params:oauth:grant-type:token-exchange"),
    secret("code").option("code", "CODE", "Authorization code from the redirect"),
    secret("refreshToken").option("refresh-token", "TOKEN", "Refresh token from an earlier response"),
    secret("assertion").option("assertion", "JWT", "JWT of a trusted token issuer"),
    strings("scope", "Scope").option("scope", "SCOPE", "Scopes to request"),
    string("redirectUri").option("redirect-uri", "URI", "Redirect URI of the authorization request"),
    secret("subjectToken").option("subject-token", "TOKEN", "Token to exchange"),
    string("subjectTokenType").option("subject-token-type", "URN", "Type of the token to exchange"),
    string("requestedTokenType").option("requested-token-type", "URN", "Type of the token to receive"),
    secret("codeVerifier").option("code-verifier", "VERIFIER", "PKCE code verifier of the authorization request"),
];

static REGISTER_CLIENT_INPUT: [Member; 7] = [
    required(string("clientName")).option("client-name", "NAME", "Human-readable client name"),
    required(string("clientType")).option("client-type", "TYPE", "Client type; only public is supported"),
    strings("scopes", "Scope").option("scopes", "SCOPE", "Scopes that the client may request"),
    strings("redirectUris", "URI").option("redirect-uris", "URI", "Redirect URIs of the client"),
    strings("grantTypes", "GrantType").option("grant-types", "GRANT", "Grant types that the client may use"),
    string("issuerUrl").option("issuer-url", "URL", "Start URL of the Identity Center instance"),
    string("entitledApplicationArn").option(
        "entitled-application-arn",
        "ARN",
        "ARN of an application that the client may use",
    ),
];

static START_DEVICE_AUTHORIZATION_INPUT: [Member; 3] = [
    required(string("clientId")).option("client-id", "ID", "Client ID from register-client"),
    required(secret("clientSecret")).option("client-secret", "SECRET", "Client secret from register-client"),
    required(string("startUrl")).option("start-url", "URL", "Start URL of the access portal"),
];

static CREATE_TOKEN_OUTPUT: [Member; 5] =
    [secret("accessToken"), string("tokenType"), integer("expiresIn"), secret("refreshToken"), secret("idToken")];

static CREATE_TOKEN_WITH_IAM_OUTPUT: [Member; 8] = [
    secret("accessToken"),
    string("tokenType"),
    integer("expiresIn"),
    secret("refreshToken"),
    secret("idToken"),
    string("issuedTokenType"),
    strings("scope", "Scope"),
    Member { kind: Kind::Structure(&AWS_ADDITIONAL_DETAILS), ..string("awsAdditionalDetails") },
];

static AWS_ADDITIONAL_DETAILS: [Member; 1] = [secret("identityContext")];

static REGISTER_CLIENT_OUTPUT: [Member; 6] = [
    string("clientId"),
    secret("clientSecret"),
    integer("clientIdIssuedAt"),
    integer("clientSecretExpiresAt"),
    string("authorizationEndpoint"),
    string("tokenEndpoint"),
];

static START_DEVICE_AUTHORIZATION_OUTPUT: [Member; 6] = [
    secret("deviceCode"),
    secret("userCode"),
    string("verificationUri"),
    secret("verificationUriComplete"),
    integer("expiresIn"),
    integer("interval"),
];
