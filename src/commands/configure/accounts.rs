//! The accounts and roles of a session, from the access portal: signs in first if needed, and once more if the portal
//! rejects the token.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::cache::CachedToken;
use crate::commands::runtime;
use crate::error::Error;
use crate::login::{self, LoginRequest};
use crate::oidc::Failure;
use crate::portal::{Account, PortalClient};
use crate::secret::Secret;
use crate::session::{LoginNeeded, NoToken, TokenRequest, Usable};

/// Lists what a session gives access to.
pub(super) struct Lister<'a> {
    request: LoginRequest<'a>,
    token: RefCell<Option<CachedToken>>,
    /// The region that a login found through the start URL, if it is not the configured one.
    pub(super) new_region: RefCell<Option<String>>,
}

impl<'a> Lister<'a> {
    pub(super) fn new(request: LoginRequest<'a>) -> Self {
        Self { request, token: RefCell::default(), new_region: RefCell::default() }
    }

    /// The region of the Identity Center instance.
    pub(super) fn region(&self) -> String {
        let found = self.token.borrow().as_ref().and_then(|token| token.region.clone());
        found.filter(|region| !region.is_empty()).unwrap_or_else(|| self.request.session.region.value.clone())
    }

    /// All accounts, sorted like the menu of `aws configure sso`.
    pub(super) async fn accounts(&self) -> Result<Vec<Account>, Error> {
        let words = || "listing the accounts".to_owned();
        let list = async |portal: PortalClient, token: Secret| portal.accounts(&token).await;
        let mut accounts = self.with_token(words, list).await?;
        let key = |account: &Account| account.name.as_ref().or(account.email.as_ref()).map(|name| name.to_lowercase());
        accounts.sort_by_cached_key(|account| (key(account).is_none(), key(account), account.id.clone()));
        accounts.dedup_by(|one, other| one.id == other.id);
        Ok(accounts)
    }

    /// The roles of each of these accounts, sorted.
    pub(super) async fn roles(&self, accounts: &[Account]) -> Result<Vec<Vec<String>>, Error> {
        let (done, failed) = (Cell::new(0), Cell::new(None));
        let words = || format!("listing the roles: {} of {} accounts", done.get(), accounts.len());
        let list = async |portal: PortalClient, token: Secret| {
            done.set(0);
            let lists = accounts.iter().map(async |account| {
                let roles = portal.roles(&token, &account.id).await;
                let mut roles =
                    roles.inspect_err(|failure| failed.set((!failure.is_unauthorized()).then_some(account)))?;
                roles.sort_by_cached_key(|role| (role.to_lowercase(), role.clone()));
                roles.dedup();
                done.set(done.get() + 1);
                Ok((account.id.clone(), roles))
            });
            // In any order: the others do not wait for one that is throttled.
            stream::iter(lists).buffer_unordered(runtime::concurrent_requests()).try_collect::<HashMap<_, _>>().await
        };
        let mut roles = self.with_token(words, list).await.map_err(|error| match failed.get() {
            Some(account) => error.clone().message(format!("cannot list the roles of {account}: {error}")),
            None => error,
        })?;
        Ok(accounts.iter().map(|account| roles.remove(&account.id).unwrap_or_default()).collect())
    }

    /// Sends requests with the session's token. If the portal rejects it, they are sent again with a refreshed one, or with
    /// that of a new login.
    async fn with_token<T>(
        &self,
        words: impl Fn() -> String,
        send: impl AsyncFn(PortalClient, Secret) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let LoginRequest { session, services, cache, context, .. } = self.request;
        let send = async |token: &CachedToken| {
            let portal = services.portal(&self.region())?;
            context.wait_for(&words, send(portal, token.access_token.clone())).await
        };
        let min_ttl = Duration::ZERO;
        let request = TokenRequest { session, services, cache, context, min_ttl, throttled: false, rejected: None };
        let known = self.token.borrow().clone();
        let token = match known {
            Some(token) => token,
            None => self.usable(request.obtain().await).await?,
        };
        let reply = send(&token).await;
        if !reply.as_ref().is_err_and(Failure::is_unauthorized) {
            return reply.map_err(Failure::explained);
        }
        let token = self.usable(request.replace_rejected(&token).await).await?;
        let reply = send(&token).await;
        if reply.as_ref().is_err_and(Failure::is_unauthorized) {
            let why = NoToken::from(LoginNeeded::Unauthorized);
            request.record_rejected(&token, &why);
            return Err(why.into_error(session));
        }
        reply.map_err(Failure::explained)
    }

    /// The token that was found, or else that of a new login.
    async fn usable(&self, found: Result<Usable, NoToken>) -> Result<CachedToken, Error> {
        let LoginRequest { session, context, .. } = self.request;
        let token = match found {
            Ok(usable) => {
                usable.warnings.iter().for_each(|warning| context.warn(warning));
                usable.token
            }
            Err(NoToken::LoginNeeded(why)) => {
                let login = login::interactively(&self.request, Some(why)).await?;
                self.new_region.replace(login.new_region);
                login.token
            }
            Err(error) => return Err(error.into_error(session)),
        };
        Ok(self.token.borrow_mut().insert(token).clone())
    }
}
