//! Profiles of roles, as `configure` writes them: all in one edit of the config file.
//!
//! A profile that exists is changed only if that is wanted. Which profiles exist is decided under the lock of the edit. The
//! names of profiles and the values of their keys come from `commands::configure`.

use super::edit::{Change, Target, edit};
use super::ini::IniFile;
use super::names::{SectionKind, header_for};
use super::{Config, Section};
use crate::context::Context;
use crate::error::Error;

/// A profile to write.
pub struct NewProfile {
    /// Its name.
    pub name: String,
    /// Its keys, in this order.
    pub settings: Vec<Setting>,
}

/// A key of a profile.
pub struct Setting {
    /// The key.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// In which profiles it is set.
    pub when: When,
}

/// In which profiles a key is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In all.
    Always,
    /// In a new one.
    New,
    /// In one that exists and has the key.
    Present,
}

/// What happens to a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It is new.
    Added,
    /// It exists with these keys.
    Unchanged,
    /// It exists with other values, and gets these.
    Replaced,
    /// It exists with other values, and stays as it is.
    Kept,
}

impl NewProfile {
    /// The profile as a section of the config file.
    pub fn section(&self) -> String {
        section(SectionKind::Profile, &self.name, &self.missing(None))
    }

    /// The settings that apply to the profile as it is, and that it does not have.
    fn missing<'a>(&'a self, present: Option<Section<'_>>) -> Vec<(&'a str, &'a str)> {
        let is_missing = |Setting { key, value, when }: &&Setting| {
            let found = present.and_then(|present| present.get(key));
            let applies = match when {
                When::Always => true,
                When::New => present.is_none(),
                When::Present => found.is_some(),
            };
            applies && found != Some(value)
        };
        self.settings.iter().filter(is_missing).map(|it| (it.key, it.value.as_str())).collect()
    }
}

/// An sso-session as a section of the config file.
pub fn session_section(name: &str, pairs: &[(&str, &str)]) -> String {
    section(SectionKind::SsoSession, name, pairs)
}

fn section(kind: SectionKind, name: &str, pairs: &[(&str, &str)]) -> String {
    let keys = pairs.iter().map(|(key, value)| format!("{key} = {value}\n"));
    format!("[{}]\n{}", header_for(kind, name), keys.collect::<String>())
}

impl Config {
    /// What would happen to each of these profiles.
    pub fn preview(&self, profiles: &[NewProfile], overwrite: bool) -> Vec<Saved> {
        let preview = |profile| self.change(&self.main, profile, overwrite).0;
        profiles.iter().map(preview).collect()
    }

    /// What happens to a profile of a config file, and the keys to set in it.
    fn change<'a>(&self, file: &IniFile, profile: &'a NewProfile, overwrite: bool) -> (Saved, Vec<(&'a str, &'a str)>) {
        let in_config = file.find(SectionKind::Profile, &profile.name).map(|block| Section::of(file, block));
        let present = Section::merged(self.profile_in_credentials(&profile.name), in_config);
        let missing = profile.missing(present);
        match present {
            None => (Saved::Added, missing),
            Some(_) if missing.is_empty() => (Saved::Unchanged, missing),
            Some(_) if overwrite => (Saved::Replaced, missing),
            Some(_) => (Saved::Kept, Vec::new()),
        }
    }
}

/// Writes profiles, and before them the keys of an sso-session if there are any. Says what happened to each profile.
pub fn save_profiles(
    config: &Config,
    session: Option<(&str, &[(&str, &str)])>,
    profiles: &[NewProfile],
    overwrite: bool,
    context: &Context,
) -> Result<Vec<Saved>, Error> {
    let mut saved = Vec::new();
    edit(config.config_path(), context, |file| {
        saved.clear();
        let session = session.map(|(name, pairs)| Change {
            section: Target::Named(SectionKind::SsoSession, name),
            pairs: pairs.to_vec(),
        });
        let changes = profiles.iter().filter_map(|profile| {
            let (what, pairs) = config.change(file, profile, overwrite);
            saved.push(what);
            let section = Target::Named(SectionKind::Profile, &profile.name);
            (!pairs.is_empty()).then_some(Change { section, pairs })
        });
        session.into_iter().chain(changes).collect()
    })?;
    Ok(saved)
}
