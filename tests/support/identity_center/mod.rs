//! A local IAM Identity Center: the OIDC service, its pages and the access portal on one loopback port.
//!
//! As strict as the real one: requests are checked against the AWS model, codes and refresh tokens are single-use,
//! everything expires. Scriptable where a test needs misbehaviour. It keeps a log, and when dropped it fails the test
//! if unexpected requests came or expected ones did not. Used by the tests, the benchmark and the example `demo`. RFC
//! 6749, 7636, 8252, 8628; AWS model 2019-06-10.

mod authorize;
mod call;
mod device;
mod fault;
pub(crate) mod http;
mod iam;
mod message;
mod pages;
mod portal;
mod registration;
mod reply;
mod script;
mod settings;
mod signature;
pub(crate) mod sigv4;
mod state;
mod tls;
mod token;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use call::{Endpoint, Request};
pub(crate) use fault::Fault;
pub(crate) use http::{Gate, Transport};
pub(crate) use reply::Reply;
pub(crate) use settings::Issued;
pub(crate) use state::{AccessKey, Approval, Lifetimes};
pub(crate) use tls::Identity;

use http::{HttpAnswer, HttpRequest, Server};
use script::Script;
use state::State;

/// A running Identity Center. Settings can be changed at any time and apply to the requests that follow.
pub(crate) struct IdentityCenter {
    server: Server,
    shared: Arc<Mutex<Shared>>,
    authority: Option<(tempfile::TempDir, PathBuf)>,
}

/// State shared by the threads of the server.
struct Shared {
    state: State,
    script: Script,
}

impl IdentityCenter {
    /// Starts one on a free port of 127.0.0.1, over plain HTTP.
    pub(crate) fn start() -> Self {
        Self::listen(0, false)
    }

    /// Starts one with TLS and a certificate of its own authority; see [`Self::ca_bundle`].
    pub(crate) fn start_tls() -> Self {
        Self::listen(0, true)
    }

    /// Starts one on this port, over plain HTTP.
    pub(crate) fn start_on(port: u16) -> Self {
        Self::listen(port, false)
    }

    fn listen(port: u16, with_tls: bool) -> Self {
        let shared = Arc::new(Mutex::new(Shared { state: State::new(), script: Script::default() }));
        let of_server = Arc::clone(&shared);
        let (transport, authority) = if with_tls {
            let identity = Identity::new(["localhost", "127.0.0.1"]);
            let folder = tempfile::tempdir().expect("there is room for a temporary folder");
            let path = folder.path().join("ca.pem");
            std::fs::write(&path, identity.authority).expect("the CA file can be written");
            (Transport::Tls(identity.config), Some((folder, path)))
        } else {
            (Transport::Plain, None)
        };
        let answer = Box::new(move |request| respond(&mut lock(&of_server), request));
        let server = Server::start(port, transport, answer).expect("there is a free port on 127.0.0.1");
        let scheme = if with_tls { "https" } else { "http" };
        lock(&shared).state.base = format!("{scheme}://{}", server.address());
        Self { server, shared, authority }
    }

    /// Where both services are: the value of `AWS_ENDPOINT_URL_SSO_OIDC` and `AWS_ENDPOINT_URL_SSO`.
    pub(crate) fn url(&self) -> String {
        self.shared().state.base.clone()
    }

    /// The port it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// The PEM file to trust: the value of `AWS_CA_BUNDLE`.
    ///
    /// # Panics
    /// If it was not started with TLS.
    pub(crate) fn ca_bundle(&self) -> &Path {
        &self.authority.as_ref().expect("only an Identity Center with TLS has an authority").1
    }

    /// The requests so far, in the order of arrival.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared().script.log.clone()
    }

    /// The requests to one endpoint so far.
    pub(crate) fn requests_to(&self, endpoint: Endpoint) -> Vec<Request> {
        self.shared().script.log.iter().filter(|request| request.endpoint == Some(endpoint)).cloned().collect()
    }

    /// The endpoints of the requests so far, in the order of arrival.
    pub(crate) fn calls(&self) -> Vec<Endpoint> {
        self.shared().script.log.iter().filter_map(|request| request.endpoint).collect()
    }

    /// Forgets the requests so far.
    pub(crate) fn clear_requests(&self) {
        self.shared().script.log.clear();
    }

    /// How many TCP connections came so far.
    pub(crate) fn connections(&self) -> u64 {
        self.server.connections()
    }

    /// How many requests were being answered at the same time, at most.
    pub(crate) fn most_at_once(&self) -> usize {
        self.server.most_at_once()
    }

    /// Whether all requests that were sent before, also by processes that were killed, have been handled.
    pub(crate) fn is_idle(&self) -> bool {
        self.server.is_idle()
    }

    /// The secrets issued or received so far: tokens, client secrets, device and authorization codes, verifiers.
    pub(crate) fn secrets(&self) -> Vec<String> {
        self.shared().state.secrets.clone()
    }

    /// Uses this reply for the next request to the endpoint; several are queued.
    pub(crate) fn next(&self, endpoint: Endpoint, reply: Reply) -> &Self {
        self.shared().script.replies.entry(endpoint).or_default().push_back(reply);
        self
    }

    /// Uses these replies for the next requests to the endpoint.
    pub(crate) fn script(&self, endpoint: Endpoint, replies: impl IntoIterator<Item = Reply>) -> &Self {
        self.shared().script.replies.entry(endpoint).or_default().extend(replies);
        self
    }

    /// Gives this reply to the next `count` requests of the endpoint.
    pub(crate) fn next_n(&self, endpoint: Endpoint, count: usize, reply: &Reply) -> &Self {
        self.script(endpoint, std::iter::repeat_n(reply.clone(), count))
    }

    /// Removes scripted replies that were not used.
    pub(crate) fn clear_script(&self) {
        self.shared().script.replies.clear();
    }

    /// Expects that the endpoint returns this error once more as its normal response, by its code or, on a page, by the
    /// code it would have. Scripted replies, `AuthorizationPendingException` and throttling need no announcement.
    pub(crate) fn expect_fault(&self, endpoint: Endpoint, code: &str) -> &Self {
        self.shared().script.expected.push((endpoint, code.into()));
        self
    }

    /// Unexpected requests no longer fail the test: a user of `demo --serve` may send anything.
    pub(crate) fn tolerate_everything(&self) -> &Self {
        self.shared().script.tolerates_everything = true;
        self
    }

    /// Unexpected requests, and expected ones that are missing; empty if there are none.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.shared().script.complaints()
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }
}

impl Drop for IdentityCenter {
    fn drop(&mut self) {
        let panicked = self.server.stop();
        let complaints = self.complaints();
        if !std::thread::panicking() {
            assert!(panicked == 0, "{panicked} conversations with the Identity Center panicked, see above");
            assert!(complaints.is_empty(), "the Identity Center complains:\n  {}", complaints.join("\n  "));
        }
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Handles a request: checks it, gets the response from the script or the rules, and logs it.
fn respond(shared: &mut Shared, raw: HttpRequest) -> HttpAnswer {
    let mut request = Request::new(raw);
    let mut answer = if let Some(endpoint) = request.endpoint {
        respond_at(shared, endpoint, &request)
    } else if request.method == "HEAD" && request.path == "/" {
        // Sent only to open a connection.
        Fault::with_message(404, "UnknownOperationException", "").answer()
    } else {
        shared.script.unexpected.push(format!("{} {} does not exist", request.method, request.target));
        Fault::with_message(404, "UnknownOperationException", "The path does not exist").answer()
    };
    if !answer.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("x-amzn-RequestId")) {
        answer.set_header("x-amzn-RequestId", &state::random_request_id());
    }
    request.status = answer.status;
    let code = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amzn-ErrorType"));
    request.fault = code.map(|(_, code)| code.clone());
    shared.script.log.push(request);
    answer
}

fn respond_at(shared: &mut Shared, endpoint: Endpoint, request: &Request) -> HttpAnswer {
    let Shared { state, script } = shared;
    let as_answer = |fault: &Fault| match endpoint {
        Endpoint::Authorize | Endpoint::Device => fault.page(),
        _ => fault.answer(),
    };
    if let Err(fault) = request.check(endpoint) {
        script.note_fault(endpoint, &fault, request);
        return as_answer(&fault);
    }
    let too_soon = if endpoint == Endpoint::CreateToken { device::note_poll(state, request) } else { None };
    let reply = script.next_reply(endpoint);
    if let Some(reply) = reply.as_ref().filter(|reply| !reply.is_genuine()) {
        script.unexpected.extend(too_soon);
        if reply.is_fault("SlowDownException") {
            device::slow_down(state, request);
        }
        return reply.clone().answer(None);
    }
    let genuine = match rule(state, endpoint, request, too_soon.is_some()) {
        Ok(answer) => answer,
        Err(mut fault) => {
            if let Some(words) = too_soon.filter(|_| fault.code == "SlowDownException") {
                fault.body.insert("error_description".into(), words.into());
            }
            script.note_fault(endpoint, &fault, request);
            as_answer(&fault)
        }
    };
    reply.map_or(genuine.clone(), |reply| reply.answer(Some(genuine)))
}

fn rule(state: &mut State, endpoint: Endpoint, request: &Request, too_soon: bool) -> Result<HttpAnswer, Fault> {
    match endpoint {
        Endpoint::RegisterClient => registration::register_client(state, request),
        Endpoint::StartDeviceAuthorization => device::start_device_authorization(state, request),
        Endpoint::CreateToken => token::create_token(state, request, too_soon),
        Endpoint::CreateTokenWithIam => iam::create_token_with_iam(state, request),
        Endpoint::Authorize => authorize::page(state, request),
        Endpoint::Device => device::page(state, request),
        Endpoint::Logout => portal::logout(state, request),
        Endpoint::GetRoleCredentials => portal::get_role_credentials(state, request),
        Endpoint::ListAccounts => portal::list_accounts(state, request),
        Endpoint::ListAccountRoles => portal::list_account_roles(state, request),
        Endpoint::VanityUrl => Ok(authorize::vanity(state)),
    }
}
