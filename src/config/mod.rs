//! `Config`: both configuration files and the selected profile, with lookups by name.
//!
//! The rules are botocore's. One file is read in `ini` and parsed in `parse`; the other modules hold one section
//! (`section`), precedence over options and variables (`settings`), Identity Center (`session`), `source_profile`, and changes
//! to the config file (`edit`).

mod edit;
mod ini;
mod names;
mod origin;
mod parse;
mod profiles;
mod section;
mod selection;
mod session;
mod settings;
mod source_profile;
mod unread;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf, is_separator};

pub use edit::{check_writable, save_profile, save_sso_session, set_sso_region};
pub use names::{profile_option, shell_words};
pub use origin::{Located, Origin};
pub use profiles::{NewProfile, Saved, Setting, When, save_profiles, session_section};
pub use section::Section;
pub use selection::{RoleOptions, SessionOptions, use_one_of};
pub use session::{DEFAULT_SCOPE, Session, SsoRole, port};
pub use settings::{
    AutoPrompt, ClientSettings, Overrides, auto_prompt, check_endpoint_option, client_settings, error_format,
    output_format, pager,
};

use crate::context::Context;
use crate::error::Error;
use ini::IniFile;
use names::{SectionKind, similar};

/// Both files and the selected profile.
pub struct Config {
    main: IniFile,
    credentials: IniFile,
    profile: Located<String>,
    /// The block of the selected profile in the config file; every setting needs it.
    selected: Option<usize>,
}

impl Config {
    /// Reads both files and selects the profile: the option, `AWS_PROFILE`, `AWS_DEFAULT_PROFILE`, else `default`.
    ///
    /// A named profile must exist in one of the files, even `default`; an empty option names none, an empty variable
    /// names the profile "". A missing file is empty.
    pub fn load(context: &Context, profile_option: Option<&str>) -> Result<Self, Error> {
        let config = Self::read(context, profile_option)?;
        if config.profile.is_explicit() && config.selected().is_none() {
            return Err(config.profile_not_found());
        }
        Ok(config)
    }

    /// As `load`, but the profile need not exist.
    pub fn read(context: &Context, profile_option: Option<&str>) -> Result<Self, Error> {
        let profile = Located::option("--profile", profile_option.filter(|name| !name.is_empty()))
            .or_else(|| Located::variable("AWS_PROFILE", context))
            .or_else(|| Located::variable("AWS_DEFAULT_PROFILE", context))
            .unwrap_or_else(|| Located::new("default".to_owned(), Origin::Default));
        let file = |variable, default: &str| {
            let path = context.var_os(variable).unwrap_or_else(|| default.into());
            IniFile::read(&expand_path(&path, context))
        };
        let main = file("AWS_CONFIG_FILE", "~/.aws/config")?;
        let credentials = file("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")?;
        let selected = main.find(SectionKind::Profile, &profile.value);
        Ok(Self { main, credentials, profile, selected })
    }

    /// The same files, as if no profile were named.
    pub fn with_default_profile(self) -> Self {
        let profile = Located::new("default".to_owned(), Origin::Default);
        let selected = self.main.find(SectionKind::Profile, &profile.value);
        Self { profile, selected, ..self }
    }

    /// The selected profile's name.
    pub fn profile_name(&self) -> &str {
        &self.profile.value
    }

    /// True if an option or a variable named it.
    pub fn profile_was_named(&self) -> bool {
        self.profile.is_explicit()
    }

    /// True if `--profile` named it; then access keys in the environment are not used.
    pub fn profile_was_named_by_option(&self) -> bool {
        matches!(self.profile.origin, Origin::Option(_))
    }

    /// A value of the selected profile.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.selected().and_then(|section| section.get(key))
    }

    /// The first of the variables that is set, even if empty, else the selected profile's key. An option comes before
    /// both: [`Located::option`].
    pub fn setting(&self, context: &Context, variables: &[&'static str], key: &str) -> Option<Located<String>> {
        let set = variables.iter().find_map(|name| Located::variable(name, context));
        set.or_else(|| self.key(key))
    }

    /// A value of the selected profile with its position.
    fn key(&self, key: &str) -> Option<Located<String>> {
        self.selected()?.located(key)
    }

    /// The selected profile's section; `None` when no profile is named and there is no `default`.
    pub fn selected(&self) -> Option<Section<'_>> {
        self.profile(&self.profile.value)
    }

    /// A profile, as botocore merges it from both files.
    pub fn profile(&self, name: &str) -> Option<Section<'_>> {
        Section::merged(self.profile_in_credentials(name), self.profile_in_config(name))
    }

    /// The part of a profile that is in the config file.
    pub fn profile_in_config(&self, name: &str) -> Option<Section<'_>> {
        let block = if name == self.profile.value { self.selected } else { self.main.find(SectionKind::Profile, name) };
        Some(Section::of(&self.main, block?))
    }

    /// The part of a profile that is in the credentials file, where a section's name is the profile's.
    pub fn profile_in_credentials(&self, name: &str) -> Option<Section<'_>> {
        Some(Section::of(&self.credentials, self.credentials.find_header(name)?))
    }

    /// Every profile once, those of the config file first.
    pub fn profiles(&self) -> impl Iterator<Item = (&str, Section<'_>)> {
        let mut in_credentials: BTreeMap<&str, usize> = self.credentials.headers().collect();
        let mut profiles = self.all(SectionKind::Profile);
        for (name, section) in &mut profiles {
            let credentials = in_credentials.remove(name).map(|block| Section::of(&self.credentials, block));
            *section = Section::merged(credentials, Some(*section)).unwrap_or(*section);
        }
        let mut only_credentials: Vec<(&str, usize)> = in_credentials.into_iter().collect();
        only_credentials.sort_by_key(|(_, block)| *block);
        let only_credentials = only_credentials.into_iter();
        profiles.into_iter().chain(only_credentials.map(|(name, block)| (name, Section::of(&self.credentials, block))))
    }

    /// An `[sso-session NAME]`.
    pub fn sso_session(&self, name: &str) -> Option<Section<'_>> {
        Some(Section::of(&self.main, self.main.find(SectionKind::SsoSession, name)?))
    }

    /// Every sso-session once, in the order of the config file.
    pub fn sso_sessions(&self) -> impl Iterator<Item = (&str, Section<'_>)> {
        self.all(SectionKind::SsoSession).into_iter()
    }

    /// A `[services NAME]`.
    pub fn services(&self, name: &str) -> Option<Section<'_>> {
        Some(Section::of(&self.main, self.main.find(SectionKind::Services, name)?))
    }

    /// Every services block once, in the order of the config file.
    pub fn all_services(&self) -> impl Iterator<Item = (&str, Section<'_>)> {
        self.all(SectionKind::Services).into_iter()
    }

    /// The config file, whether it exists or not.
    pub fn config_path(&self) -> &Path {
        &self.main.path
    }

    /// The credentials file, whether it exists or not.
    pub fn credentials_path(&self) -> &Path {
        &self.credentials.path
    }

    /// The files that could not be read, and why: "/home/x/.aws/config was not read: Permission denied".
    pub fn unread(&self) -> Vec<String> {
        [&self.main, &self.credentials].into_iter().filter_map(IniFile::unread).collect()
    }

    /// What to append to a hint about something that was not found: the command that gives access to an unread file.
    pub fn access_hint(&self) -> String {
        let command = [&self.main, &self.credentials].into_iter().find_map(IniFile::command_for_access);
        command.map(|command| format!("; run: {command}")).unwrap_or_default()
    }

    /// The config file for a message, with the reason if it could not be read.
    pub fn described(&self) -> String {
        self.main.described()
    }

    fn all(&self, kind: SectionKind) -> Vec<(&str, Section<'_>)> {
        let mut at = BTreeMap::new();
        let mut all: Vec<(&str, Section<'_>)> = Vec::new();
        for (name, block) in self.main.named(kind) {
            let section = Section::of(&self.main, block);
            let place = *at.entry(name).or_insert(all.len());
            match all.get_mut(place) {
                Some(earlier) => earlier.1 = section,
                None => all.push((name, section)),
            }
        }
        all
    }

    fn profile_not_found(&self) -> Error {
        let Located { value: name, origin } = &self.profile;
        let source = match origin {
            Origin::Variable(_) => format!("the name comes from {}; ", self.profile.source()),
            _ => String::new(),
        };
        let searched = || match similar(name, self.profiles().map(|(name, _)| name)) {
            Some(similar) => format!("did you mean {similar}?"),
            None => format!("searched {} and {}", self.main.described(), self.credentials.described()),
        };
        let problem = self.misread(SectionKind::Profile, name).unwrap_or_else(searched);
        let hint = source + &problem + &self.access_hint();
        Error::other(format!("The config profile ({name}) could not be found")).hint(hint)
    }
}

/// Expands variables and `~` in a path, like Python's `os.path.expandvars` and then `expanduser`, but for another user's
/// home (`~name`). A path need not be UTF-8.
pub fn expand_path(path: &OsStr, context: &Context) -> PathBuf {
    let path = expand_variables(path.as_encoded_bytes(), cfg!(windows), |name| context.var_os(name));
    let is_separator = |byte: &u8| is_separator(char::from(*byte));
    match (path.strip_prefix(b"~"), &context.home) {
        (Some(rest), Some(home)) if rest.first().is_none_or(is_separator) => {
            let inside = rest.iter().position(|byte| !is_separator(byte)).unwrap_or(rest.len());
            let expanded = home.join(os_string(rest[inside..].to_vec()));
            // With the separators of the system.
            if cfg!(windows) { expanded.components().collect() } else { expanded }
        }
        _ => os_string(path).into(),
    }
}

/// Expands `$NAME` and `${NAME}`; unset variables stay unchanged. On Windows also `%NAME%`; there a doubled mark is one
/// character, and text in single quotes stays unchanged.
fn expand_variables(path: &[u8], windows: bool, value: impl Fn(&str) -> Option<OsString>) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path;
    let next = |rest| if windows { memchr::memchr3(b'$', b'%', b'\'', rest) } else { memchr::memchr(b'$', rest) };
    while let Some(at) = next(rest) {
        out.extend_from_slice(&rest[..at]);
        let (mark, after) = (rest[at], &rest[at + 1..]);
        let in_braces = after.strip_prefix(b"{").and_then(|inner| Some(&inner[..memchr::memchr(b'}', inner)?]));
        let (name, length) = if mark != b'$' {
            let end = memchr::memchr(mark, after);
            let name = end.filter(|_| mark == b'%').map_or(&[][..], |end| &after[..end]);
            (name, end.map_or(after.len(), |end| end + 1))
        } else if let Some(name) = in_braces {
            (name, name.len() + 2)
        } else {
            let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || windows && *byte == b'-';
            let end = after.iter().position(|byte| !is_of_name(byte)).unwrap_or(after.len());
            (&after[..end], end)
        };
        let name = std::str::from_utf8(name).ok().filter(|name| !name.is_empty());
        match name.and_then(&value) {
            None if windows && mark != b'\'' && after.first() == Some(&mark) => {
                out.push(mark);
                rest = &after[1..];
                continue;
            }
            Some(value) => out.extend_from_slice(value.as_encoded_bytes()),
            None => out.extend_from_slice(&rest[at..=at + length]),
        }
        rest = &after[length..];
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

/// On Windows, bytes that are not UTF-8 are half a character of UTF-16, which no usual file name has.
#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> OsString {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::expand_variables;

    /// The results are those of Python's `posixpath.expandvars` and `ntpath.expandvars`.
    #[test]
    fn variables_are_expanded_as_by_python() {
        for (path, unix, windows) in [
            ("$A/${B}/$C/%A%", "one/two/$C/%A%", "one/two/$C/one"),
            ("%A%%B%%C%.x", "%A%%B%%C%.x", "onetwo%C%.x"),
            ("100%%/$$A", "100%%/$one", "100%/$A"),
            ("'%A%' '$A", "'%A%' 'one", "'%A%' '$A"),
            ("%A $B ${A", "%A two ${A", "%A $B ${A"),
            ("$A-B", "one-B", "three"),
            ("$", "$", "$"),
        ] {
            let value = |name: &str| match name {
                "A" => Some("one".into()),
                "B" => Some("two".into()),
                "A-B" => Some("three".into()),
                _ => None,
            };
            let expanded = |windows| String::from_utf8(expand_variables(path.as_bytes(), windows, value)).unwrap();
            assert_eq!((expanded(false).as_str(), expanded(true).as_str()), (unix, windows), "{path}");
        }
    }
}
