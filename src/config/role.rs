//! Which role of which account a profile stands for: `sso_account_id` and `sso_role_name`.
//!
//! Either key makes it a profile of Identity Center, then the other must be there too (botocore's `SSOProvider`). Options
//! that stand in for keys are ours. Which Identity Center it is, is in `sso`. Imports nothing of ours.

use super::{Config, Section};
use crate::error::Error;

/// A role of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoRole {
    /// The account's number.
    pub account_id: String,
    /// The name of the role (permission set).
    pub role_name: String,
}

/// The role that the options and the selected profile ask for; `None` when neither says anything about one.
pub fn sso_role(config: &Config, account_id: Option<&str>, role_name: Option<&str>) -> Result<Option<SsoRole>, Error> {
    let account_id = account_id.or_else(|| config.get("sso_account_id"));
    let role_name = role_name.or_else(|| config.get("sso_role_name"));
    match (account_id, role_name) {
        (None, None) => Ok(None),
        (Some(account_id), Some(role_name)) => {
            Ok(Some(SsoRole { account_id: account_id.to_owned(), role_name: role_name.to_owned() }))
        }
        (account_id, _) => {
            let (key, option) = if account_id.is_none() {
                ("sso_account_id", "--account-id")
            } else {
                ("sso_role_name", "--role-name")
            };
            let name = config.profile_name();
            let message =
                format!("The profile \"{name}\" is configured to use SSO but is missing required configuration: {key}");
            let place = config.selected().map_or_else(|| format!("the profile {name}"), |section| section.place());
            Err(Error::configuration(message).hint(format!("set {key} in {place}, or give {option}")))
        }
    }
}

/// A key that profile and sso-session both have must have one value (botocore).
pub fn check_consistent(profile: Section<'_>, session: Section<'_>) -> Result<(), Error> {
    for key in session.keys() {
        let (Some(ours), Some(theirs)) = (profile.get(key), session.get(key)) else { continue };
        if ours != theirs {
            let message =
                format!("The value for {key} is inconsistent between profile ({ours}) and sso-session ({theirs}).");
            let places = [profile.origin(key), session.origin(key)];
            let places = places.into_iter().flatten().map(|place| place.to_string()).collect::<Vec<_>>().join(" and ");
            return Err(Error::configuration(message).hint(format!("see {places}")));
        }
    }
    Ok(())
}
