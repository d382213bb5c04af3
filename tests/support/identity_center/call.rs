//! A request understood: which endpoint it is for and what it says, checked as strictly as the AWS model allows.
//!
//! Method, path, query, content type and the members with their types are those of the model of the OIDC service
//! (2019-06-10) and of the access portal (2019-06-10); all others are rejected.

use std::time::Instant;

use serde_json::{Map, Value};

use super::fault::{Fault, invalid_request};
use super::http::HttpRequest;

/// The endpoints of the Identity Center.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Endpoint {
    /// `POST /client/register`
    RegisterClient,
    /// `POST /device_authorization`
    StartDeviceAuthorization,
    /// `POST /token`
    CreateToken,
    /// `POST /token?aws_iam=t`
    CreateTokenWithIam,
    /// `GET /authorize` and the form on its page
    Authorize,
    /// `GET /device` and the form on its page
    Device,
    /// The portal's `POST /logout`
    Logout,
    /// The portal's `GET /federation/credentials`
    GetRoleCredentials,
    /// The portal's `GET /assignment/accounts`
    ListAccounts,
    /// The portal's `GET /assignment/roles`
    ListAccountRoles,
    /// `HEAD` or `GET /start`: a start URL of one's own domain, which redirects to that of AWS
    VanityUrl,
}

/// A request that the Identity Center received.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `None` for a path that does not exist.
    pub(crate) endpoint: Option<Endpoint>,
    /// The method, in capitals.
    pub(crate) method: String,
    /// The request target as sent.
    pub(crate) target: String,
    /// Its path.
    pub(crate) path: String,
    /// Its query, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// The headers in the order sent.
    pub(crate) headers: Vec<(String, String)>,
    /// The body as sent.
    pub(crate) body: Vec<u8>,
    /// The body as JSON; null if it is none.
    pub(crate) json: Value,
    /// When it was complete.
    pub(crate) at: Instant,
    /// The status of the answer.
    pub(crate) status: u16,
    /// The code of the answer if it is an error, `AuthorizationPendingException`.
    pub(crate) fault: Option<String>,
}

impl Request {
    pub(super) fn new(raw: HttpRequest) -> Self {
        let (path, query) = raw.target.split_once('?').unwrap_or((&raw.target, ""));
        let query: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self {
            endpoint: endpoint(path, &query),
            path: path.into(),
            query,
            json: serde_json::from_slice(&raw.body).unwrap_or_default(),
            method: raw.method,
            target: raw.target,
            headers: raw.headers,
            body: raw.body,
            at: Instant::now(),
            status: 0,
            fault: None,
        }
    }

    /// The value of a header, by its name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A member of the JSON body that is text.
    pub(crate) fn text(&self, member: &str) -> Option<&str> {
        self.json.get(member).and_then(Value::as_str)
    }

    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Refuses a method, a parameter of the query, a content type or a member that the endpoint does not have.
    pub(super) fn check(&self, endpoint: Endpoint) -> Result<(), Fault> {
        let form = form(endpoint);
        if !form.methods.contains(&self.method.as_str()) {
            let words = format!("{} is not a method of {}", self.method, self.path);
            return Err(Fault::with_message(405, "MethodNotAllowedException", &words));
        }
        for (index, (name, _)) in self.query.iter().enumerate() {
            if !form.query.contains(&name.as_str()) {
                return Err(invalid_request(&format!("The query has an unknown parameter {name}")));
            }
            if self.query[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(invalid_request(&format!("The query has {name} twice")));
            }
        }
        if form.members.is_empty() { Ok(()) } else { self.check_json(&form) }
    }

    fn check_json(&self, form: &Form) -> Result<(), Fault> {
        if self.header("content-type") != Some("application/json") {
            return Err(invalid_request("The content type is not application/json"));
        }
        let Value::Object(members) = &self.json else {
            return Err(invalid_request("The body is not a JSON object"));
        };
        for (name, value) in members {
            let known = form.members.iter().find(|member| member.name == name);
            let known = known.ok_or_else(|| invalid_request(&format!("The body has an unknown member {name}")))?;
            let fits = match value {
                Value::String(_) => !known.is_list,
                Value::Array(items) => known.is_list && items.iter().all(Value::is_string),
                _ => false,
            };
            if !fits {
                return Err(invalid_request(&format!("The member {name} has the wrong type")));
            }
        }
        match form.members.iter().find(|member| member.is_required && missing(members, member.name)) {
            Some(member) => Err(invalid_request(&format!("The body lacks {}", member.name))),
            None => Ok(()),
        }
    }

    /// A member that this kind of grant or client needs.
    pub(super) fn required(&self, member: &str) -> Result<&str, Fault> {
        self.text(member)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| invalid_request(&format!("The body lacks {member}")))
    }

    /// A member that is a list; `None` when it is absent.
    pub(super) fn list(&self, member: &str) -> Option<Vec<String>> {
        let items = self.json.get(member)?.as_array()?;
        Some(items.iter().filter_map(Value::as_str).map(Into::into).collect())
    }
}

fn missing(members: &Map<String, Value>, name: &str) -> bool {
    members.get(name).and_then(Value::as_str).is_none_or(str::is_empty)
}

struct Form {
    methods: &'static [&'static str],
    query: &'static [&'static str],
    members: &'static [Member],
}

struct Member {
    name: &'static str,
    is_list: bool,
    is_required: bool,
}

const fn must(name: &'static str) -> Member {
    Member { name, is_list: false, is_required: true }
}

const fn may(name: &'static str) -> Member {
    Member { name, is_list: false, is_required: false }
}

const fn list(name: &'static str) -> Member {
    Member { name, is_list: true, is_required: false }
}

const REGISTER_CLIENT: &[Member] = &[
    must("clientName"),
    must("clientType"),
    list("scopes"),
    list("redirectUris"),
    list("grantTypes"),
    may("issuerUrl"),
    may("entitledApplicationArn"),
];

const START_DEVICE_AUTHORIZATION: &[Member] = &[must("clientId"), must("clientSecret"), must("startUrl")];

const CREATE_TOKEN: &[Member] = &[
    must("clientId"),
    must("clientSecret"),
    must("grantType"),
    may("deviceCode"),
    may("code"),
    may("refreshToken"),
    list("scope"),
    may("redirectUri"),
    may("codeVerifier"),
];

const CREATE_TOKEN_WITH_IAM: &[Member] = &[
    must("clientId"),
    must("grantType"),
    may("code"),
    may("refreshToken"),
    may("assertion"),
    list("scope"),
    may("redirectUri"),
    may("subjectToken"),
    may("subjectTokenType"),
    may("requestedTokenType"),
    may("codeVerifier"),
];

/// AWS's `scopes` is `scope` in RFC 6749 section 4.1.1.
const AUTHORIZE: &[&str] =
    &["response_type", "client_id", "redirect_uri", "state", "code_challenge_method", "scopes", "code_challenge"];

fn form(endpoint: Endpoint) -> Form {
    let post = |members| Form { methods: &["POST"], query: &[], members };
    let get = |query| Form { methods: &["GET"], query, members: &[] };
    match endpoint {
        Endpoint::RegisterClient => post(REGISTER_CLIENT),
        Endpoint::StartDeviceAuthorization => post(START_DEVICE_AUTHORIZATION),
        Endpoint::CreateToken => post(CREATE_TOKEN),
        Endpoint::CreateTokenWithIam => {
            Form { methods: &["POST"], query: &["aws_iam"], members: CREATE_TOKEN_WITH_IAM }
        }
        Endpoint::Logout => post(&[]),
        Endpoint::Authorize => Form { methods: &["GET", "POST"], query: AUTHORIZE, members: &[] },
        Endpoint::Device => Form { methods: &["GET", "POST"], query: &["user_code"], members: &[] },
        Endpoint::GetRoleCredentials => get(&["role_name", "account_id"]),
        Endpoint::ListAccounts => get(&["max_result", "next_token"]),
        Endpoint::ListAccountRoles => get(&["account_id", "max_result", "next_token"]),
        Endpoint::VanityUrl => Form { methods: &["HEAD", "GET"], query: &[], members: &[] },
    }
}

fn endpoint(path: &str, query: &[(String, String)]) -> Option<Endpoint> {
    Some(match path {
        "/client/register" => Endpoint::RegisterClient,
        "/device_authorization" => Endpoint::StartDeviceAuthorization,
        "/token" if query.is_empty() => Endpoint::CreateToken,
        "/token" if query == [("aws_iam".to_owned(), "t".to_owned())] => Endpoint::CreateTokenWithIam,
        "/authorize" => Endpoint::Authorize,
        "/device" => Endpoint::Device,
        "/logout" => Endpoint::Logout,
        "/federation/credentials" => Endpoint::GetRoleCredentials,
        "/assignment/accounts" => Endpoint::ListAccounts,
        "/assignment/roles" => Endpoint::ListAccountRoles,
        "/start" => Endpoint::VanityUrl,
        _ => return None,
    })
}
