//! Settings of an Identity Center, decisions in place of a user, and tokens issued without a flow.
//!
//! Every setting returns the Identity Center, so that they chain.

use std::time::{Duration, Instant};

use super::registration::{AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN, new_client};
use super::state::{AccessKey, Approval, AuthorizationRequest, Decision, Lifetimes, unix_now};
use super::{IdentityCenter, authorize, device, token};

/// A client and a session created without a flow, to write cache files.
#[derive(Debug, Clone)]
pub(crate) struct Issued {
    /// `clientId`
    pub(crate) client_id: String,
    /// `clientSecret`
    pub(crate) client_secret: String,
    /// When the registration expires, in seconds since 1970.
    pub(crate) client_expires_at: u64,
    /// `accessToken`
    pub(crate) access_token: String,
    /// When the access token expires, in seconds since 1970.
    pub(crate) expires_at: u64,
    /// `refreshToken`
    pub(crate) refresh_token: String,
}

impl IdentityCenter {
    /// The one start URL (and issuer URL) it serves.
    pub(crate) fn start_url(&self) -> String {
        self.shared().state.settings.start_url.clone()
    }

    /// Serves another start URL; the default is `https://d-1234567890.awsapps.com/start`.
    pub(crate) fn serve(&self, start_url: &str) -> &Self {
        self.shared().state.settings.start_url = start_url.into();
        self
    }

    /// The region that signatures must name.
    pub(crate) fn region(&self) -> String {
        self.shared().state.settings.region.clone()
    }

    /// Is in another region; the default is `us-east-1`.
    pub(crate) fn set_region(&self, region: &str) -> &Self {
        self.shared().state.settings.region = region.into();
        self
    }

    /// Sets how requests are approved; the default is [`Approval::ByPerson`].
    pub(crate) fn approval(&self, approval: Approval) -> &Self {
        self.shared().state.settings.approval = approval;
        self
    }

    /// The `interval` of device authorizations in seconds, or none; the default is 1.
    pub(crate) fn interval(&self, seconds: impl Into<Option<i64>>) -> &Self {
        self.shared().state.settings.interval = seconds.into();
        self
    }

    /// Does not mind polls that come too soon, as those of the AWS CLI do.
    pub(crate) fn tolerate_fast_polls(&self) -> &Self {
        self.shared().state.settings.strict_polling = false;
        self
    }

    /// Lets refresh tokens work more than once.
    pub(crate) fn keep_refresh_tokens(&self) -> &Self {
        self.shared().state.settings.rotates_refresh_tokens = false;
        self
    }

    /// Knows only these scopes; the default is any.
    pub(crate) fn support_scopes(&self, scopes: &[&str]) -> &Self {
        self.shared().state.settings.supported_scopes = Some(scopes.iter().map(|scope| (*scope).into()).collect());
        self
    }

    /// Changes how long things made from now on live.
    pub(crate) fn lifetimes(&self, change: impl FnOnce(&mut Lifetimes)) -> &Self {
        change(&mut self.shared().state.settings.lifetimes);
        self
    }

    /// Gives access tokens that live so many seconds.
    pub(crate) fn access_token_lives(&self, seconds: u64) -> &Self {
        self.lifetimes(|lifetimes| lifetimes.access_token = Duration::from_secs(seconds))
    }

    /// Accepts signatures with this key at create-token-with-iam.
    pub(crate) fn accept_key(&self, id: &str, secret: &str, session_token: Option<&str>) -> &Self {
        let key = AccessKey { id: id.into(), secret: secret.into(), session_token: session_token.map(Into::into) };
        self.shared().state.settings.access_keys.push(key);
        self
    }

    /// The ARN that is the client of create-token-with-iam.
    pub(crate) fn application_arn(&self) -> String {
        self.shared().state.settings.application_arn.clone()
    }

    /// Entitles the person to a role; `Developer` and `ReadOnly` in account 111122223333 are there already.
    pub(crate) fn entitle(&self, account: &str, role: &str) -> &Self {
        let mut shared = self.shared();
        let of_account = shared.state.settings.entitlements.entry(account.into());
        of_account.or_insert_with(|| (format!("Account {account}"), Vec::new())).1.push(role.into());
        drop(shared);
        self
    }

    /// Entitles the person to these roles in an account of this name, and to no others in it; without a name if it is empty.
    pub(crate) fn entitle_only(&self, account: &str, name: &str, roles: &[&str]) -> &Self {
        let roles = roles.iter().map(|role| (*role).into()).collect();
        self.shared().state.settings.entitlements.insert(account.into(), (name.into(), roles));
        self
    }

    /// Takes all entitlements away.
    pub(crate) fn disentitle(&self) -> &Self {
        self.shared().state.settings.entitlements.clear();
        self
    }

    /// Answers more lists of accounts and roles in a second with `TooManyRequestsException`.
    pub(crate) fn throttle_lists(&self, per_second: usize) -> &Self {
        self.shared().state.settings.lists_per_second = Some(per_second);
        self
    }

    /// Gives at most that many accounts or roles in a page; the default is 100.
    pub(crate) fn page_size(&self, items: usize) -> &Self {
        self.shared().state.settings.page_size = items;
        self
    }

    /// The user codes without a decision.
    pub(crate) fn open_user_codes(&self) -> Vec<String> {
        let shared = self.shared();
        let open = shared.state.device_authorizations.iter().filter(|known| known.decision == Decision::Open);
        open.map(|known| known.user_code.clone()).collect()
    }

    /// Approves a device authorization.
    pub(crate) fn approve(&self, user_code: &str) {
        device::decide(&mut self.shared().state, user_code, true).expect("the user code is open");
    }

    /// Denies a device authorization.
    pub(crate) fn deny(&self, user_code: &str) {
        device::decide(&mut self.shared().state, user_code, false).expect("the user code is open");
    }

    /// Lets all device codes, user codes and authorization codes expire now.
    pub(crate) fn expire_codes(&self) {
        let mut shared = self.shared();
        let now = Instant::now();
        shared.state.device_authorizations.iter_mut().for_each(|known| known.expires = now);
        shared.state.authorization_codes.values_mut().for_each(|known| known.expires = now);
    }

    /// Lets all client registrations expire now.
    pub(crate) fn expire_clients(&self) {
        self.shared().state.clients.values_mut().for_each(|client| client.expires = Instant::now());
    }

    /// Forgets all client registrations, as if an administrator had deleted them.
    pub(crate) fn forget_clients(&self) {
        self.shared().state.clients.clear();
    }

    /// Lets all access tokens expire now.
    pub(crate) fn expire_access_tokens(&self) {
        self.shared().state.access_tokens.values_mut().for_each(|token| token.expires = Instant::now());
    }

    /// Ends all sessions, as an administrator or a sign-out in the portal does.
    pub(crate) fn end_sessions(&self) {
        self.shared().state.sessions.iter_mut().for_each(|session| session.ended = true);
    }

    /// Whether the portal would accept this access token.
    pub(crate) fn accepts(&self, access_token: &str) -> bool {
        self.shared().state.session_of(access_token).is_some()
    }

    /// Whether this refresh token would be accepted.
    pub(crate) fn accepts_refresh(&self, refresh_token: &str) -> bool {
        let shared = self.shared();
        let known = shared.state.refresh_tokens.get(refresh_token);
        known.is_some_and(|known| !known.retired && !shared.state.sessions[known.session].ended)
    }

    /// A client for the device code flow, and a session with tokens as the settings have them.
    pub(crate) fn issue(&self) -> Issued {
        self.issue_for(&[DEVICE_CODE, REFRESH_TOKEN])
    }

    /// A client for the authorization code flow, and a session with tokens as the settings have them.
    pub(crate) fn issue_for_authorization_code(&self) -> Issued {
        self.issue_for(&[AUTHORIZATION_CODE, REFRESH_TOKEN])
    }

    fn issue_for(&self, grants: &[&str]) -> Issued {
        let mut shared = self.shared();
        let state = &mut shared.state;
        let scopes = vec!["sso:account:access".to_owned()];
        let grants = grants.iter().map(|grant| (*grant).into()).collect();
        let redirect_uris = vec!["http://127.0.0.1/oauth/callback".into()];
        let (client_id, client_secret) = new_client(state, "test", scopes.clone(), grants, redirect_uris);
        let tokens = state.open_session(&client_id, scopes, true);
        Issued {
            client_id,
            client_secret,
            client_expires_at: unix_now() + state.settings.lifetimes.client.as_secs(),
            access_token: tokens.access_token,
            expires_at: unix_now() + tokens.expires_in,
            refresh_token: tokens.refresh_token.unwrap_or_default(),
        }
    }

    /// An authorization code for the application of create-token-with-iam.
    pub(crate) fn application_code(&self, redirect_uri: &str, code_verifier: &str) -> String {
        let mut shared = self.shared();
        let request = AuthorizationRequest {
            client_id: shared.state.settings.application_arn.clone(),
            redirect_uri: redirect_uri.into(),
            state: String::new(),
            scopes: vec!["openid".into(), "aws".into()],
            code_challenge: token::challenge(code_verifier),
        };
        authorize::new_code(&mut shared.state, request)
    }
}
