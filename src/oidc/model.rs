//! AWS's service model of SSO OIDC as one table: operations, their members, and which of those are secret.
//!
//! Order is the model's: it is the order of members in requests made from options and in printed answers. Marked secret
//! are the model's sensitive shapes and, beyond them, codes and whatever contains one. Imports nothing of ours.

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

/// A member of a request or an answer.
#[derive(Debug)]
pub struct Member {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Whether a request must have it.
    pub required: bool,
    /// Whether its value must not be shown unasked.
    pub sensitive: bool,
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
    /// All of them, in the model's order.
    pub const ALL: [Self; 4] =
        [Self::CreateToken, Self::CreateTokenWithIam, Self::RegisterClient, Self::StartDeviceAuthorization];

    /// The name in the model, as error messages have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateToken => "CreateToken",
            Self::CreateTokenWithIam => "CreateTokenWithIAM",
            Self::RegisterClient => "RegisterClient",
            Self::StartDeviceAuthorization => "StartDeviceAuthorization",
        }
    }

    /// Path and query, to be added to the endpoint.
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

    /// Members of the answer.
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
    Member { name, kind: Kind::String, required: false, sensitive: false }
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
    required(string("clientId")),
    required(secret("clientSecret")),
    required(string("grantType")),
    secret("deviceCode"),
    secret("code"),
    secret("refreshToken"),
    strings("scope", "Scope"),
    string("redirectUri"),
    secret("codeVerifier"),
];

static CREATE_TOKEN_WITH_IAM_INPUT: [Member; 11] = [
    required(string("clientId")),
    required(string("grantType")),
    secret("code"),
    secret("refreshToken"),
    secret("assertion"),
    strings("scope", "Scope"),
    string("redirectUri"),
    secret("subjectToken"),
    string("subjectTokenType"),
    string("requestedTokenType"),
    secret("codeVerifier"),
];

static REGISTER_CLIENT_INPUT: [Member; 7] = [
    required(string("clientName")),
    required(string("clientType")),
    strings("scopes", "Scope"),
    strings("redirectUris", "URI"),
    strings("grantTypes", "GrantType"),
    string("issuerUrl"),
    string("entitledApplicationArn"),
];

static START_DEVICE_AUTHORIZATION_INPUT: [Member; 3] =
    [required(string("clientId")), required(secret("clientSecret")), required(string("startUrl"))];

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

/// Members of the error shape of that name, in the shape's order; empty for a name the model does not have.
pub(super) fn error_members(code: &str) -> &'static [&'static str] {
    match code {
        "AccessDeniedException" | "InvalidRequestException" => &["error", "reason", "error_description"],
        "InvalidRequestRegionException" => &["error", "error_description", "endpoint", "region"],
        "AuthorizationPendingException"
        | "ExpiredTokenException"
        | "InternalServerException"
        | "InvalidClientException"
        | "InvalidClientMetadataException"
        | "InvalidGrantException"
        | "InvalidRedirectUriException"
        | "InvalidScopeException"
        | "SlowDownException"
        | "UnauthorizedClientException"
        | "UnsupportedGrantTypeException" => &["error", "error_description"],
        _ => &[],
    }
}
