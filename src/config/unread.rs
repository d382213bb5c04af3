//! Section headers that name no section, for the message about a section that was not found.
//!
//! botocore ignores `[profile My Dev]` without quotes, `[Profile x]`, `[x]` in the config file and `[profile x]` in the
//! credentials file. The rules are in `names`.

use super::ini::IniFile;
use super::names::{SectionKind, header_for, named, word_of};
use super::{Config, Section};

impl Config {
    /// The headers that may have been meant as this section, and what each must be; `None` if there are none.
    pub(super) fn misread(&self, kind: SectionKind, name: &str) -> Option<String> {
        let in_main = misread(&self.main, &header_for(kind, name), |header| {
            header == name || bare_name(header, kind) == Some(name) && named(header).is_none()
        });
        let in_credentials = || {
            let header = if kind == SectionKind::Profile { name.to_owned() } else { header_for(kind, name) };
            let place = if kind == SectionKind::Profile { None } else { Some(self.main.path.display()) };
            let found = misread(&self.credentials, &header, |header| bare_name(header, kind) == Some(name))?;
            Some(place.map_or(found.clone(), |path| format!("{found} and be in {path}")))
        };
        in_main.or_else(in_credentials)
    }

    /// Whether both files could be read, and no section seems to be an sso-session's without being one.
    pub fn is_understood(&self) -> bool {
        self.unread().is_empty() && self.misread_sso_session().is_none()
    }

    /// The first section of the config file that seems to be an sso-session's, but is read as none.
    pub fn misread_sso_session(&self) -> Option<String> {
        let kind = SectionKind::SsoSession;
        let name = self.main.headers().find_map(|(header, block)| {
            let section = Section::of(&self.main, block);
            let is_session = section.get("sso_start_url").is_some() && section.get("sso_role_name").is_none();
            let has_keys = is_session || section.get("sso_region").is_some();
            let name = bare_name(header, kind).filter(|_| has_keys).or(Some(header).filter(|_| is_session))?;
            named(header).is_none().then_some(name)
        })?;
        self.misread(kind, name)
    }
}

fn misread(file: &IniFile, expected: &str, is_meant: impl Fn(&str) -> bool) -> Option<String> {
    let (header, block) = file.headers().find(|(header, _)| is_meant(header))?;
    let (line, path) = (file.block(block).line, file.path.display());
    Some(format!("line {line} of {path}, [{header}], is not a valid section; it must be [{expected}]"))
}

/// What follows the word of the kind, in any case or with `_`, without quotes; `session` and `sso` mean an sso-session.
fn bare_name(header: &str, kind: SectionKind) -> Option<&str> {
    let (word, name) = header.trim().split_once(char::is_whitespace)?;
    let name = name.trim().trim_matches(['"', '\'']);
    let word = word.replace('_', "-");
    let short: &[&str] = if kind == SectionKind::SsoSession { &["session", "sso"] } else { &[] };
    let is_word = [word_of(kind)].iter().chain(short).any(|known| word.eq_ignore_ascii_case(known));
    (is_word && !name.is_empty()).then_some(name)
}
