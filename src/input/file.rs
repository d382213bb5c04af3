//! `file://` and `fileb://`: the value of an option is read from a file, or from standard input with `-` for a secret.
//!
//! Text is UTF-8 or in the encoding of `AWS_CLI_FILE_ENCODING`, with the line ends of Python's text mode: CRLF and CR
//! become LF, and a final newline is kept. A literal value cannot start with either prefix.

use std::io;
use std::path::PathBuf;

use super::bad_value;
use crate::error::Error;
use crate::files;

/// How to find and read the files that options name.
pub struct Files<'a> {
    /// Replaces `~` and environment variables in a path.
    pub expand: &'a dyn Fn(&str) -> PathBuf,
    /// The encoding of text; UTF-8 when absent.
    pub encoding: Option<String>,
    /// Reads standard input to its end.
    pub stdin: &'a dyn Fn() -> io::Result<Vec<u8>>,
}

/// The content of a file.
pub(super) enum Content {
    Text(String),
    Bytes(Vec<u8>),
}

impl Files<'_> {
    /// Reads standard input if the value is `-`: this keeps secrets out of process listings and, unlike
    /// `file:///dev/stdin`, works on every system. One final newline is removed.
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

    /// The content of the file that the value names; `None` for a plain value.
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
        let file = (self.expand)(path);
        // Standard input, and the pipes of the shell's `<(command)`. Elsewhere a pipe may have no writer.
        let is_of_process = ["/dev", "/proc"].iter().any(|folder| file.starts_with(folder));
        let read = if is_of_process { std::fs::read(file) } else { files::read_bytes(&file) };
        read.map_err(|error| bad_value(option, format!("Unable to load paramfile {word}: {error}: '{path}'")))
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
        // Python's names: separators do not matter, and Latin-1 is not the web's windows-1252.
        let bare: String = name.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        if ["latin1", "latin", "l1", "iso88591", "88591", "cp819"].contains(&bare.as_str()) {
            return Ok(bytes.into_iter().map(char::from).collect());
        }
        let label = name.replace('_', "-");
        let found = [&label, &bare].into_iter().find_map(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
        let Some(encoding) = found else {
            let problem = format!("AWS_CLI_FILE_ENCODING: unknown encoding '{name}'");
            return Err(bad_value(option, problem));
        };
        let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes);
        text.map(std::borrow::Cow::into_owned).ok_or_else(undecodable)
    }
}
