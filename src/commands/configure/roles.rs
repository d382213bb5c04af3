//! Which roles get which profiles: from the options, or from the answers to questions.

use super::accounts::Lister;
use super::names::{Role, Template};
use crate::cli::ConfigureArgs;
use crate::commands::prompt::Prompt;
use crate::config::{Config, NewProfile, Session, Setting, When};
use crate::endpoint;
use crate::error::Error;
use crate::portal::Account;
use crate::text;

/// Accounts and the names of their roles.
pub(super) type Listing = Vec<(Account, Vec<String>)>;

/// Finds the roles and their profiles.
pub(super) struct Roles<'a> {
    pub(super) args: &'a ConfigureArgs,
    /// The profile to write.
    pub(super) profile: Option<&'a str>,
    /// `--region`.
    pub(super) region: Option<&'a str>,
    /// Whether the profile to write may exist.
    pub(super) may_exist: bool,
    pub(super) config: &'a Config,
    pub(super) session: &'a Session,
    pub(super) lister: Lister<'a>,
    /// Asks for what the options leave open.
    pub(super) prompt: Option<Prompt<'a>>,
}

impl Roles<'_> {
    /// The accounts and roles that the options select, of all.
    pub(super) async fn listing(&self) -> Result<Listing, Error> {
        let mut accounts = self.lister.accounts().await?;
        if let Some(id) = self.args.account_id.as_deref() {
            let index = self.index_of_account(&accounts, id)?;
            accounts = vec![accounts.swap_remove(index)];
        }
        let roles = self.lister.roles(&accounts).await?;
        let mut listing: Listing = accounts.into_iter().zip(roles).collect();
        if let Some(role) = self.args.role_name.as_deref() {
            let mut known: Vec<String> = listing.iter().flat_map(|(_, roles)| roles).cloned().collect();
            known.sort();
            known.dedup();
            for (_, roles) in &mut listing {
                roles.retain(|name| name == role);
            }
            listing.retain(|(_, roles)| !roles.is_empty());
            if listing.is_empty() {
                return Err(unknown("role", role, &self.place(), &known));
            }
        }
        Ok(listing)
    }

    /// A profile for each of these roles.
    pub(super) async fn all(&self, template: &Template<'_>) -> Result<Vec<NewProfile>, Error> {
        let listing = self.listing().await?;
        let what = if listing.is_empty() { "account" } else { "role" };
        let roles = |(account, roles): (Account, Vec<String>)| {
            roles.into_iter().map(move |name| Role { account: account.clone(), name })
        };
        let roles: Vec<Role> = listing.into_iter().flat_map(roles).collect();
        if roles.is_empty() {
            return Err(nothing(what, &self.place()));
        }
        let names = template.names(&roles, self.session.label())?;
        let region = self.region.map(|region| (region.to_owned(), When::Always));
        let region = region.unwrap_or_else(|| (self.lister.region(), When::New));
        Ok(roles.iter().zip(names).map(|(role, name)| self.profile(role, name, region.clone())).collect())
    }

    /// The profile of one role.
    pub(super) async fn one(&self, template: &Template<'_>) -> Result<NewProfile, Error> {
        let role = self.role().await?;
        let name = self.name(&role, template).await?;
        let region = match (self.region, &self.prompt) {
            (Some(region), _) => (region.to_owned(), When::Always),
            (None, None) => (self.lister.region(), When::New),
            (None, Some(prompt)) => {
                let check = |region: &str| endpoint::check_region(region).map_err(|error| error.to_string());
                (prompt.ask("Region", Some(&self.lister.region()), check).await?, When::Always)
            }
        };
        Ok(self.profile(&role, name, region))
    }

    async fn role(&self) -> Result<Role, Error> {
        let ConfigureArgs { account_id, role_name, .. } = self.args;
        let mut accounts = self.lister.accounts().await?;
        let index = match account_id {
            Some(id) => self.index_of_account(&accounts, id)?,
            None => self.choose("account", "--account-id", &self.place(), &shown(&accounts)).await?,
        };
        let account = accounts.swap_remove(index);
        let roles = self.lister.roles(std::slice::from_ref(&account)).await?.concat();
        let place = format!("the account {account}");
        let index = match role_name {
            Some(name) => roles.iter().position(|role| role == name),
            None => Some(self.choose("role", "--role-name", &place, &roles).await?),
        };
        let name = index.map(|index| roles[index].clone());
        let name = name.ok_or_else(|| unknown("role", role_name.as_deref().unwrap_or_default(), &place, &roles))?;
        Ok(Role { account, name })
    }

    fn index_of_account(&self, accounts: &[Account], id: &str) -> Result<usize, Error> {
        let index = accounts.iter().position(|account| account.id == id);
        index.ok_or_else(|| unknown("account", id, &self.place(), &shown(accounts)))
    }

    /// The index of the only item, or of the one that the person chooses.
    async fn choose(&self, what: &str, option: &str, place: &str, items: &[String]) -> Result<usize, Error> {
        match (items.len(), &self.prompt) {
            (0, _) => Err(nothing(what, place)),
            (1, _) => Ok(0),
            (_, Some(prompt)) => prompt.choose(&format!("Choose the {what}"), items).await,
            (count, None) => {
                let message = format!("Missing {option}: {place} has {count} {what}s{}", listed(items));
                Err(Error::validation(message).hint(format!("pass {option}, or --all for a profile of each role")))
            }
        }
    }

    async fn name(&self, role: &Role, template: &Template<'_>) -> Result<String, Error> {
        if let Some(name) = self.profile {
            return Ok(name.to_owned());
        }
        let proposal = template.name(role, self.session.label());
        let Some(prompt) = &self.prompt else { return Ok(proposal) };
        let is_free = |name: &str| self.may_exist || self.config.profile(name).is_none();
        let check = |name: &str| {
            if is_free(name) { Ok(()) } else { Err(format!("the profile {name} already exists; choose another name")) }
        };
        let default = Some(proposal.as_str()).filter(|name| is_free(name));
        prompt.ask("Profile name", default, check).await
    }

    fn profile(&self, role: &Role, name: String, (region, of_region): (String, When)) -> NewProfile {
        let session = self.session;
        let of_legacy = if session.name.is_some() { When::Present } else { When::Always };
        let settings = [
            ("sso_session", session.name.clone(), When::Always),
            ("sso_start_url", Some(session.start_url.value.clone()), of_legacy),
            ("sso_region", Some(self.lister.region()), of_legacy),
            ("sso_account_id", Some(role.account.id.clone()), When::Always),
            ("sso_role_name", Some(role.name.clone()), When::Always),
            ("region", Some(region), of_region),
            ("output", self.args.output_format.clone(), When::Always),
        ];
        let setting = |(key, value, when): (_, Option<String>, _)| Some(Setting { key, value: value?, when });
        NewProfile { name, settings: settings.into_iter().filter_map(setting).collect() }
    }

    /// The session in messages.
    fn place(&self) -> String {
        format!("the session {}", self.session.label())
    }
}

fn shown(accounts: &[Account]) -> Vec<String> {
    accounts.iter().map(ToString::to_string).collect()
}

fn nothing(what: &str, place: &str) -> Error {
    let hint = "ask your Identity Center administrator to assign accounts and roles to you";
    Error::other(format!("{place} has no {what}s")).hint(hint)
}

fn unknown(what: &str, given: &str, place: &str, known: &[String]) -> Error {
    if known.is_empty() {
        return nothing(what, place);
    }
    let known = listed(known);
    Error::validation(format!("{place} has no {what} `{given}`; it has{known}"))
}

/// Items, a line each.
fn listed(items: &[String]) -> String {
    let lines = items.iter().map(|item| format!("\n  {}", text::for_terminal(item)));
    std::iter::once(":".to_owned()).chain(lines).collect()
}
