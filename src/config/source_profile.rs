//! `source_profile`: the profile whose credentials assume the role of another one.
//!
//! The credential chain and the search for a profile's session both follow it with these functions. The checks and their
//! texts are botocore's. The other keys of a role are read in `credentials`, those of a session in `session`.

use super::names::SectionKind;
use super::{Config, Section};
use crate::error::Error;
use crate::python;

impl Section<'_> {
    /// Whether the profile has a role, and no web identity to assume it with.
    pub fn has_role(&self) -> bool {
        self.get("role_arn").is_some() && self.get("web_identity_token_file").is_none()
    }

    /// Whether the profile has access keys of its own.
    pub fn has_keys(&self) -> bool {
        self.get("aws_access_key_id").is_some() || self.get("aws_secret_access_key").is_some()
    }
}

impl Config {
    /// The profile that a profile's `source_profile` names. It must exist, and must not be among the visited profiles, to
    /// which it is added.
    pub fn source_profile<'a>(
        &'a self,
        parent: &str,
        source: &'a str,
        visited: &mut Vec<&'a str>,
    ) -> Result<Section<'a>, Error> {
        let Some(section) = self.profile(source) else {
            let message =
                format!("The source_profile \"{source}\" referenced in the profile \"{parent}\" does not exist.");
            let place = self.profile(parent).and_then(|parent| parent.located("source_profile"));
            let place = place.map(|place| format!("the name comes from {}", place.source()));
            let hint: Vec<_> = place.into_iter().chain(self.misread(SectionKind::Profile, source)).collect();
            return Err(Error::configuration(message).hint(hint.join("; ")));
        };
        // A profile may be its own source: then its keys assume its role.
        if visited.contains(&source) && !(source == parent && section.has_keys()) {
            let names: Vec<String> = visited.iter().map(|name| python::quoted(name)).collect();
            return Err(Error::configuration(format!(
                "Infinite loop in credential configuration detected. Attempting to load from profile {source} which has \
                 already been visited. Visited profiles: [{}]",
                names.join(", ")
            )));
        }
        visited.push(source);
        Ok(section)
    }
}

/// The profile with a session's settings: the selected one, or one whose credentials assume its role, over any number of
/// profiles; `None` if there is none.
pub(super) fn profile_with_session(config: &Config) -> Result<Option<&str>, Error> {
    let selected = config.profile_name();
    let (mut name, mut visited) = (selected, vec![selected]);
    let mut section = config.profile(selected);
    while let Some(profile) = section {
        if ["sso_session", "sso_start_url", "sso_region"].iter().any(|key| profile.get(key).is_some()) {
            return Ok(Some(name));
        }
        // Access keys of a source assume the role, not its own source.
        let is_end = !profile.has_role() || name != selected && profile.has_keys();
        let source = profile.get("source_profile").filter(|_| !is_end);
        section = source.map(|source| config.source_profile(name, source, &mut visited)).transpose()?;
        name = source.unwrap_or(name);
    }
    Ok(None)
}
