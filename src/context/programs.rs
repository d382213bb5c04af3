//! Programs by name or path, as the shell of the system finds them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Context;

impl Context {
    /// The program of this name on the `PATH`, or at this path.
    pub fn find_program(&self, name: &OsStr) -> Option<PathBuf> {
        if name.to_string_lossy().contains(std::path::is_separator) {
            return self.executable(Path::new(name));
        }
        let path = self.var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).find_map(|folder| self.executable(&folder.join(name)))
    }

    /// A command that runs a program. On Windows it may be a script such as `npm.cmd`, of which the system finds only the
    /// whole name.
    pub fn command(&self, program: &OsStr) -> Command {
        let script = if cfg!(windows) { self.find_program(program) } else { None };
        script.map_or_else(|| Command::new(program), Command::new)
    }

    #[cfg(unix)]
    #[expect(clippy::unused_self, reason = "on Windows it depends on the environment")]
    fn executable(&self, path: &Path) -> Option<PathBuf> {
        use rustix::fs::{Access, access};
        (path.is_file() && access(path, Access::EXEC_OK).is_ok()).then(|| path.to_owned())
    }

    /// The file with this name, if it has one of the extensions in `PATHEXT`, or with one of them added.
    #[cfg(windows)]
    fn executable(&self, path: &Path) -> Option<PathBuf> {
        let extensions = self.var_not_empty("PATHEXT").unwrap_or_else(|| ".COM;.EXE;.BAT;.CMD".to_owned());
        let extensions = || extensions.split(';').filter_map(|extension| extension.strip_prefix('.'));
        let has = |extension: &str| path.extension().is_some_and(|own| own.eq_ignore_ascii_case(extension));
        let as_it_is = extensions().any(has).then(|| path.to_owned());
        let extended = extensions().map(|extension| path.with_added_extension(extension));
        as_it_is.into_iter().chain(extended).find(|path| path.is_file())
    }
}
