//! `file://` and `fileb://`: the value of an option is the content of a file; `-` of a secret one, standard input.
//!
//! Text is UTF-8, or what `AWS_CLI_FILE_ENCODING` names, with the line ends of Python's text mode: CRLF and CR become LF,
//! and a newline at the end stays. There is no way to give a literal value that starts with either prefix.

use std::io;
use std::path::PathBuf;

use super::bad_value;
use crate::error::Error;

/// How files named by options are found and read.
pub struct Files<'a> {
    /// Replaces `~` and environment variables in a path.
    pub expand: &'a dyn Fn(&str) -> PathBuf,
    /// The encoding of text; UTF-8 when absent.
    pub encoding: Option<String>,
    /// Reads standard input to its end.
    pub stdin: &'a dyn Fn() -> io::Result<Vec<u8>>,
}

/// What a file holds.
pub(super) enum Content {
    Text(String),
    Bytes(Vec<u8>),
}

impl Files<'_> {
    /// What standard input holds, when the word is `-`: a way for secrets that no list of processes shows and that, unlike
    /// `file:///dev/stdin`, every system has. One newline at the end is the shell's.
    pub(super) fn standard_input(&self, option: &str, word: &str) -> Result<Option<String>, Error> {
        if word != "-" {
            return Ok(None);
        }
        let failed = |why: &str| bad_value(option, format!("Unable to read standard input: {why}"));
        let bytes = (self.stdin)().map_err(|error| failed(&error.to_string()))?;
        if bytes.is_empty() {
            return Err(failed("it is empty, or was read for another option"));
        }
        let text = self.decode(option, "-", bytes)?;
        Ok(Some(
            text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line)).to_owned(),
        ))
    }

    /// The content of the file that the word names; `None` when it is a plain value.
    pub(super) fn load(&self, option: &str, word: &str) -> Result<Option<Content>, Error> {
        if let Some(path) = word.strip_prefix("fileb://") {
            return Ok(Some(Content::Bytes(self.read(option, word, path)?)));
        }
        let Some(path) = word.strip_prefix("file://") else { return Ok(None) };
        let bytes = self.read(option, word, path)?;
        let text = self.decode(option, path, bytes)?;
        Ok(Some(Content::Text(text.replace("\r\n", "\n").replace('\r', "\n"))))
    }

    fn read(&self, option: &str, word: &str, path: &str) -> Result<Vec<u8>, Error> {
        std::fs::read((self.expand)(path))
            .map_err(|error| bad_value(option, format!("Unable to load paramfile {word}: {error}: '{path}'")))
    }

    fn decode(&self, option: &str, path: &str, bytes: Vec<u8>) -> Result<String, Error> {
        let undecodable = || {
            let problem = format!(
                "Unable to load paramfile ({path}), text contents could not be decoded.  If this is a binary file, \
                 please use the fileb:// prefix instead of the file:// prefix."
            );
            bad_value(option, problem)
        };
        let Some(name) = &self.encoding else { return String::from_utf8(bytes).map_err(|_| undecodable()) };
        // Python's names: separators do not matter, and Latin-1 is that, not the web's windows-1252.
        let bare: String = name.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        if ["latin1", "latin", "l1", "iso88591", "88591", "cp819"].contains(&bare.as_str()) {
            return Ok(bytes.into_iter().map(char::from).collect());
        }
        let label = name.replace('_', "-");
        let found = [&label, &bare].into_iter().find_map(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
        let Some(encoding) = found else {
            let problem = format!("AWS_CLI_FILE_ENCODING names an unknown encoding, {name}");
            return Err(bad_value(option, problem));
        };
        let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes);
        text.map(std::borrow::Cow::into_owned).ok_or_else(undecodable)
    }
}
