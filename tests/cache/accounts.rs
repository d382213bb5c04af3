//! One cache and two accounts of the machine: root (sudo, a container) in a user's home, and two users of one folder.
//!
//! Whichever comes first, the owner of the home can read, lock, refresh and remove everything afterwards. The tests act as
//! other accounts, so they run only as root.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, lchown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::bad_files::{LOGIN, TOKEN};
use crate::support::environment::SESSION;
use crate::support::programs::{find, or_skip, skip};
use crate::support::{Approval, Endpoint, IdentityCenter, Invocation, Reply, Running, TestEnv};

const EXPORT: [&str; 3] = ["export-credentials", "--profile", "dev"];
const PROCESSES: usize = 20;
/// The owner of the home, and another user: ids that no account has.
const OWNER: u32 = 54321;
const OTHER: u32 = 54322;

/// A home that belongs to [`OWNER`].
pub(crate) struct Machine {
    pub(crate) center: IdentityCenter,
    pub(crate) env: TestEnv,
    program: PathBuf,
    setpriv: PathBuf,
}

impl Machine {
    pub(crate) fn new(test: &str) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            skip(test, "only root can act as another account");
            return None;
        }
        let setpriv = or_skip(find(&["setpriv"]), test, "setpriv is not installed")?;
        let center = IdentityCenter::start();
        center.approval(Approval::AtOnce);
        let env = TestEnv::of(&center);
        for folder in [env.home().parent().unwrap(), &env.home(), &env.work(), &env.bin()] {
            set_mode(folder, 0o755);
        }
        // Another account may not be able to enter the folder of the build.
        let program = env.bin().join("sso-oidc");
        assert!(Command::new("/bin/cp").arg(env!("CARGO_BIN_EXE_sso-oidc")).arg(&program).status().unwrap().success());
        let machine = Self { center, env, program, setpriv };
        machine.give_everything_to(OWNER);
        Some(machine)
    }

    /// The program as this account.
    pub(crate) fn command_as(&self, user: u32, words: &[&str]) -> Invocation {
        self.shell_as(user, "exec \"$@\"", words)
    }

    /// A shell script as this account, in which `"$@"` is the program with its arguments.
    pub(crate) fn shell_as(&self, user: u32, script: &str, words: &[&str]) -> Invocation {
        let id = user.to_string();
        let before = ["--reuid", &id, "--regid", &id, "--clear-groups", "/bin/sh", "-c", script, "sh"];
        let before = before.into_iter().map(OsString::from).chain([self.program.clone().into_os_string()]);
        self.env.program(&self.setpriv, before.chain(words.iter().map(OsString::from)))
    }

    fn give_everything_to(&self, user: u32) {
        for path in below(&self.env.home()) {
            lchown(&path, Some(user), Some(user)).unwrap();
        }
    }

    /// Signs in as the owner of the home would.
    fn sign_in(&self) {
        self.env.sign_in(&self.center, SESSION);
        self.give_everything_to(OWNER);
    }

    /// Many processes of these accounts find the token expired: one of them refreshes it, and all print it.
    fn one_refresh(&self, users: &[u32]) {
        self.env.let_expire_in(SESSION, -10);
        self.center.clear_requests();
        self.center.next(Endpoint::CreateToken, Reply::genuine().delay(Duration::from_millis(500)));
        let running: Vec<Running> =
            (0..PROCESSES).map(|number| self.command_as(users[number % users.len()], &TOKEN).spawn()).collect();
        let runs: Vec<_> = running.into_iter().map(Running::finish).collect();
        let token = format!("{}\n", self.env.token(SESSION)["accessToken"].as_str().unwrap());
        for run in runs {
            let run = run.ok();
            assert_eq!((&run.stdout, run.stderr.as_str()), (&token, ""));
        }
        assert_eq!(self.center.calls(), [Endpoint::CreateToken]);
    }

    /// Everything in the home belongs to its owner.
    fn belongs_to_owner(&self) {
        for path in below(&self.env.home()) {
            let metadata = fs::symlink_metadata(&path).unwrap();
            assert_eq!((metadata.uid(), metadata.gid()), (OWNER, OWNER), "{}", path.display());
        }
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn is_document(path: &Path) -> bool {
    path.extension() == Some("json".as_ref())
}

/// A folder and everything in it.
fn below(folder: &Path) -> Vec<PathBuf> {
    let inside = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let inside = inside.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] });
    std::iter::once(folder.to_owned()).chain(inside).collect()
}

#[test]
fn a_home_that_root_used_first_belongs_to_its_owner() {
    let Some(mut machine) = Machine::new("a_home_that_root_used_first_belongs_to_its_owner") else { return };
    // Root creates every folder.
    fs::rename(machine.env.home().join(".aws/config"), machine.env.work().join("config")).unwrap();
    fs::remove_dir(machine.env.home().join(".aws")).unwrap();
    let config = machine.env.work().join("config");
    machine.env.set("AWS_CONFIG_FILE", &config);
    machine.command_as(0, &LOGIN).run().ok();
    machine.command_as(0, &EXPORT).run().ok();
    machine.belongs_to_owner();
    machine.one_refresh(&[OWNER]);
    machine.command_as(OWNER, &EXPORT).run().ok();
    machine.command_as(OWNER, &LOGIN).run().ok();
    machine.one_refresh(&[0, OWNER]);
    machine.belongs_to_owner();
    let run = machine.command_as(OWNER, &["logout"]).run().ok();
    assert_eq!(run.stderr, "");
    machine.command_as(OWNER, &TOKEN).run().expect(4);
}

#[test]
fn a_config_that_root_saved_belongs_to_the_owner_of_the_home() {
    let Some(machine) = Machine::new("a_config_that_root_saved_belongs_to_the_owner_of_the_home") else { return };
    fs::remove_dir_all(machine.env.home().join(".aws")).unwrap();
    let url = machine.center.start_url();
    let options = ["--start-url", &url, "--sso-region", "us-east-1", "--sso-session", "new", "--save"];
    let login = ["login", "--use-device-code", "--no-browser"];
    machine.command_as(0, &[&login[..], &options].concat()).run().ok();
    machine.belongs_to_owner();
    let run = machine.command_as(OWNER, &["token", "--sso-session", "new"]).run().ok();
    assert_eq!(run.stderr, "");
}

#[test]
fn root_leaves_a_home_to_its_owner() {
    let Some(machine) = Machine::new("root_leaves_a_home_to_its_owner") else { return };
    machine.command_as(OWNER, &LOGIN).run().ok();
    machine.one_refresh(&[0]);
    machine.one_refresh(&[OWNER]);
    machine.one_refresh(&[OWNER, 0]);
    machine.command_as(0, &EXPORT).run().ok();
    machine.belongs_to_owner();
    machine.command_as(0, &["logout"]).run().ok();
    machine.command_as(OWNER, &TOKEN).run().expect(4);
}

/// A token that root's AWS CLI left is replaced by one of the owner of the home.
#[test]
fn a_token_of_root_is_given_to_the_owner_of_the_home() {
    let Some(machine) = Machine::new("a_token_of_root_is_given_to_the_owner_of_the_home") else { return };
    machine.sign_in();
    lchown(machine.env.home().join(TestEnv::token_path(SESSION)), Some(0), Some(0)).unwrap();
    machine.one_refresh(&[0]);
    machine.belongs_to_owner();
    machine.one_refresh(&[OWNER]);
}

/// Earlier versions left locks that only root could open.
#[test]
fn locks_of_root_are_replaced() {
    let Some(machine) = Machine::new("locks_of_root_are_replaced") else { return };
    machine.sign_in();
    machine.command_as(OWNER, &EXPORT).run().ok();
    let token = machine.env.home().join(TestEnv::token_path(SESSION));
    let locks = below(&machine.env.home()).into_iter().filter(|path| path.extension() == Some("lock".as_ref()));
    for lock in locks.chain([token.with_extension("lock"), token.with_extension("login.lock")]) {
        fs::write(&lock, "process 1 2026-01-01T00:00:00Z done\n").unwrap();
        lchown(&lock, Some(0), Some(0)).unwrap();
        set_mode(&lock, 0o600);
    }
    // Locks that nobody needs do not stop a logout.
    let copy = token.with_file_name("0123456789012345678901234567890123456789.lock");
    fs::copy(token.with_extension("lock"), &copy).unwrap();
    set_mode(&copy, 0o600);
    machine.one_refresh(&[OWNER]);
    machine.command_as(OWNER, &LOGIN).run().ok();
    let run = machine.command_as(OWNER, &["logout"]).run().ok();
    assert_eq!(run.stderr, "");
    machine.command_as(OWNER, &TOKEN).run().expect(4);
}

#[test]
fn an_unreadable_role_cache_is_a_miss() {
    let Some(machine) = Machine::new("an_unreadable_role_cache_is_a_miss") else { return };
    machine.sign_in();
    let printed = machine.command_as(OWNER, &EXPORT).run().ok().stdout;
    let folder = machine.env.home().join(".aws/cli/cache");
    let document = below(&folder).into_iter().find(|path| is_document(path)).unwrap();
    for path in [document, folder] {
        lchown(&path, Some(0), Some(0)).unwrap();
        let run = machine.command_as(OWNER, &EXPORT).run().ok();
        assert!(run.stdout.contains("\"AccessKeyId\": \"ASIA") && run.stdout != printed, "{}", run.snapshot());
        assert!(run.stderr.contains("the role credentials could not be stored"), "{}", run.snapshot());
        set_mode(&path, 0o700);
    }
}

/// The second user of a folder is refused, and leaves nothing that would stop the first.
#[test]
fn a_folder_of_another_user_is_refused_and_stays_usable() {
    let Some(machine) = Machine::new("a_folder_of_another_user_is_refused_and_stays_usable") else { return };
    machine.sign_in();
    let share = || {
        let folder = machine.env.home().join(".aws/sso/cache");
        for open in folder.ancestors().take_while(|open| *open != machine.env.home()) {
            lchown(open, Some(OWNER), Some(OTHER)).unwrap();
            set_mode(open, 0o770);
        }
        set_mode(&machine.env.home().join(".aws/config"), 0o644);
    };
    share();
    for words in [&TOKEN[..], &LOGIN] {
        let run = machine.command_as(OTHER, words).run().expect(255);
        let why = format!("it belongs to user {OWNER}, and you are user {OTHER}");
        assert!(run.stderr.contains(&why), "{}", run.snapshot());
    }
    machine.command_as(OTHER, &["logout"]).run().expect(255);
    machine.one_refresh(&[OWNER]);
    share();
    machine.command_as(OTHER, &TOKEN).run().expect(255);
    machine.one_refresh(&[OWNER]);
    machine.command_as(OWNER, &LOGIN).run().ok();
    machine.command_as(OWNER, &["logout"]).run().ok();
}

/// A member of the folder's group puts its own locks there and holds them.
#[test]
fn a_lock_of_another_user_is_neither_read_nor_waited_for() {
    let Some(machine) = Machine::new("a_lock_of_another_user_is_neither_read_nor_waited_for") else { return };
    machine.sign_in();
    machine.env.let_expire_in(SESSION, -10);
    let token = machine.env.home().join(TestEnv::token_path(SESSION));
    set_mode(token.parent().unwrap(), 0o770);
    let hold = |extension: &str| {
        let path = token.with_extension(extension);
        fs::write(&path, "process 1 2100-01-01T00:00:00Z failed closed-pipe done\n").unwrap();
        lchown(&path, Some(OTHER), Some(OTHER)).unwrap();
        set_mode(&path, 0o666);
        let file = fs::File::open(&path).unwrap();
        file.lock().unwrap();
        file
    };
    let _locks = ["lock", "login.lock"].map(hold);
    let run = machine.command_as(OWNER, &TOKEN).run().ok();
    assert!(machine.center.accepts(run.stdout.trim_end()), "{}", run.snapshot());
    let before = machine.env.token(SESSION);
    let run = machine.command_as(OWNER, &LOGIN).run().ok();
    assert!(run.stdout.contains("Successfully logged into Start URL"), "{}", run.snapshot());
    assert_ne!(machine.env.token(SESSION), before);
    machine.belongs_to_owner();
}

/// Root may read every file; the owner of a file that no one may read can still sign out.
#[test]
fn logout_removes_files_of_any_mode() {
    let Some(machine) = Machine::new("logout_removes_files_of_any_mode") else { return };
    for mode in [0o000, 0o200, 0o400, 0o666, 0o777] {
        machine.sign_in();
        machine.command_as(OWNER, &EXPORT).run().ok();
        for path in below(&machine.env.home().join(".aws")).into_iter().filter(|path| is_document(path)) {
            set_mode(&path, mode);
        }
        machine.center.clear_requests();
        machine.command_as(OWNER, &["logout"]).run().ok();
        assert_eq!(machine.center.calls(), [Endpoint::Logout], "mode {mode:03o}");
        let left = below(&machine.env.home().join(".aws"));
        assert!(!left.iter().any(|path| is_document(path)), "mode {mode:03o}: {left:?}");
    }
}

/// An earlier `sudo aws` leaves files of root. The hint's command, run as root where it begins with sudo, lets the owner work.
#[test]
fn hints_for_files_of_root_work() {
    let Some(machine) = Machine::new("hints_for_files_of_root_work") else { return };
    let (token, save) = (TestEnv::token_path(SESSION), ["login", "--use-device-code", "--no-browser", "--save"]);
    let url = machine.center.start_url();
    let save = [&save[..], &["--start-url", &url, "--sso-region", "us-east-1", "--sso-session", "new"]].concat();
    let status = ["status", "--sso-session", SESSION];
    for (name, mode, words) in [
        (&*token, 0o600, &TOKEN[..]),
        (&token, 0o600, &LOGIN),
        (&token, 0o644, &TOKEN),
        (".aws/sso/cache", 0o755, &TOKEN),
        (".aws/sso/cache", 0o700, &LOGIN),
        (".aws/sso", 0o700, &TOKEN),
        (".aws", 0o700, &status),
        (".aws/config", 0o600, &TOKEN),
        (".aws/config", 0o600, &["login"]),
        (".aws/config", 0o600, &["login", "--all"]),
        (".aws/config", 0o600, &["status"]),
        (".aws/config", 0o600, &["export-credentials", "--profile", "dev"]),
        (".aws/config", 0o600, &save),
    ] {
        machine.sign_in();
        machine.env.let_expire_in(SESSION, if name == token { 3600 } else { -10 });
        machine.give_everything_to(OWNER);
        let path = machine.env.home().join(name);
        lchown(&path, Some(0), Some(0)).unwrap();
        let before = fs::metadata(&path).unwrap().mode();
        set_mode(&path, mode);
        let run = machine.command_as(OWNER, words).run();
        let told = run.stderr.lines().find_map(|line| line.split_once("run: sudo chown ")).map(|(_, rest)| rest);
        let told = told.unwrap_or_else(|| panic!("{name} {mode:o}: {}", run.snapshot()));
        let command = format!("chown {}", told.replace("$(id -u)", &OWNER.to_string()));
        assert!(!run.stderr.contains("sso-oidc login"), "{}", run.snapshot());
        assert!(Command::new("/bin/sh").args(["-c", &command]).status().unwrap().success(), "{command}");
        let run = machine.command_as(OWNER, words).run();
        let said = run.stderr.contains("chown") || run.stderr.contains("denied");
        assert!(!said && (run.status == 0 || words == ["login"]), "{name} {mode:o}: {}", run.snapshot());
        set_mode(&path, before & 0o7777);
    }
}

#[test]
fn folders_and_files_are_usable_whatever_the_umask() {
    let Some(mut machine) = Machine::new("folders_and_files_are_usable_whatever_the_umask") else { return };
    fs::rename(machine.env.home().join(".aws/config"), machine.env.work().join("config")).unwrap();
    let config = machine.env.work().join("config");
    machine.env.set("AWS_CONFIG_FILE", &config);
    let url = machine.center.start_url();
    let save = ["login", "--use-device-code", "--no-browser", "--force", "--start-url", &url, "--sso-region"];
    let save = [&save[..], &["us-east-1", "--sso-session", "new", "--save"]].concat();
    for mask in ["0177", "0777", "0000"] {
        for user in [OWNER, 0] {
            let _ = fs::remove_dir_all(machine.env.home().join(".aws"));
            machine.env.unset("AWS_CONFIG_FILE");
            machine.shell_as(user, &format!("umask {mask}; exec \"$@\""), &save).run().ok();
            machine.env.set("AWS_CONFIG_FILE", &config);
            for words in [&LOGIN[..], &EXPORT] {
                machine.shell_as(user, &format!("umask {mask}; exec \"$@\""), words).run().ok();
            }
            machine.belongs_to_owner();
            for path in below(&machine.env.home().join(".aws")) {
                let expected = if path.is_dir() { 0o700 } else { 0o600 };
                let mode = fs::metadata(&path).unwrap().mode() & 0o7777;
                assert_eq!(mode, expected, "umask {mask}, user {user}: {} has mode {mode:o}", path.display());
            }
            let run = machine.command_as(OWNER, &TOKEN).run().ok();
            assert_eq!(run.stderr, "", "umask {mask}, user {user}");
        }
    }
}
