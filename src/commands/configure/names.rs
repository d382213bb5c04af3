//! The names of profiles: a template with placeholders, and one name for each role.

use std::collections::HashMap;
use std::fmt;

use crate::error::Error;
use crate::portal::Account;
use crate::text;

/// The name of a profile unless `--name` or `--profile` says otherwise.
const DEFAULT: &str = "{account_name}.{role_name}";

/// The placeholders of a template.
const PLACEHOLDERS: [&str; 4] = ["{account_name}", "{account_id}", "{role_name}", "{session}"];

/// A role of an account.
pub(super) struct Role {
    pub(super) account: Account,
    pub(super) name: String,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.name, self.account)
    }
}

/// A template for names; the placeholders in it exist.
pub(super) struct Template<'a>(&'a str);

impl<'a> Template<'a> {
    /// The template of `--name`, or the default.
    pub(super) fn new(given: Option<&'a str>) -> Result<Self, Error> {
        let template = given.unwrap_or(DEFAULT);
        let rest = PLACEHOLDERS.iter().fold(template.to_owned(), |rest, placeholder| rest.replace(placeholder, ""));
        if rest.contains(['{', '}']) || template.trim().is_empty() {
            let known = format!("the placeholders are {}", PLACEHOLDERS.join(", "));
            return Err(Error::invalid_value("--name", template, &known));
        }
        Ok(Self(template))
    }

    /// The name of the profile for a role.
    pub(super) fn name(&self, role: &Role, session: &str) -> String {
        let account = &role.account;
        let account_name = account.name.as_deref().map(clean).filter(|name| !name.is_empty());
        let values = [account_name.as_ref().unwrap_or(&account.id), &account.id, &role.name, session].map(clean);
        let name = |name: String, (placeholder, value): (&&str, &String)| name.replace(placeholder, value);
        PLACEHOLDERS.iter().zip(&values).fold(self.0.to_owned(), name)
    }

    /// A name for each role, all different.
    pub(super) fn names(&self, roles: &[Role], session: &str) -> Result<Vec<String>, Error> {
        let names: Vec<String> = roles.iter().map(|role| self.name(role, session)).collect();
        let mut seen: HashMap<&str, &Role> = HashMap::new();
        for (name, role) in names.iter().zip(roles) {
            if let Some(other) = seen.insert(name, role) {
                let message = format!("Two roles would get the profile `{name}`: {other} and {role}");
                let hint = "nothing was written; pass a --name that differs for each role, e.g. --name '{account_id}.{role_name}'";
                return Err(Error::validation(message).hint(hint));
            }
        }
        Ok(names)
    }
}

/// A value as part of a name: words joined by hyphens, of characters that need no quotes in a shell or in the config file.
/// The AWS SDKs for JavaScript and Rust ignore profiles with other letters in their names.
fn clean(value: impl AsRef<str>) -> String {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "._-+@".contains(letter);
    let shown = text::for_terminal(value.as_ref());
    shown.split(|letter| !is_part(letter)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::{Role, Template, clean};
    use crate::portal::Account;

    fn role(name: Option<&str>, role: &str) -> Role {
        let account = Account { id: "111122223333".into(), name: name.map(Into::into), email: None };
        Role { account, name: role.into() }
    }

    #[test]
    fn values_lose_what_a_shell_or_the_file_would_not_take() {
        for (value, expected) in [
            ("Development", "Development"),
            ("My Company (prod)", "My-Company-prod"),
            ("R&D / EU #1", "R-D-EU-1"),
            ("  a\tb\r\n[c]  ", "ab-c"),
            ("会社 München", "M-nchen"),
            ("nai\u{308}ve", "nai-ve"),
            ("a\u{202e}b\u{200b}c", "abc"),
            ("a\u{a0}b\u{3000}c", "a-b-c"),
            ("$(rm -rf ~)'\"`\\", "rm--rf"),
            ("me+you@x_y.z-", "me+you@x_y.z-"),
            ("###", ""),
            ("会社", ""),
        ] {
            assert_eq!(clean(value), expected, "{value:?}");
        }
    }

    #[test]
    fn placeholders_are_replaced_once() {
        let name = |template, role| Template::new(template).unwrap().name(&role, "my corp");
        assert_eq!(name(None, role(Some("Dev 1"), "Admin")), "Dev-1.Admin");
        assert_eq!(name(None, role(None, "Admin")), "111122223333.Admin");
        assert_eq!(name(None, role(Some("{}"), "Admin")), "111122223333.Admin");
        assert_eq!(name(None, role(Some("会社"), "Admin")), "111122223333.Admin");
        assert_eq!(name(None, role(Some("{role_name}"), "A")), "role_name.A");
        let all = "{session}/{account_id}/{account_name} {role_name}{role_name}";
        assert_eq!(name(Some(all), role(Some("d"), "A")), "my-corp/111122223333/d AA");
        for bad in ["", " ", "{account}", "{account_name", "{}", "a}"] {
            let error = Template::new(Some(bad)).err().unwrap().to_string();
            assert!(error.contains("the placeholders are {account_name}, {account_id}"), "{error}");
        }
    }
}
