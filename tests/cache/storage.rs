//! A cache that cannot be written, in all the ways that a machine has: a login finds out before it opens the browser, and
//! changes nothing.
//!
//! Each case is set up in a mount namespace of its own, as root of the machine or of a user namespace.

use std::fs;
use std::path::PathBuf;

use super::bad_files::{LOGIN, TOKEN};
use crate::support::environment::SESSION;
use crate::support::programs::{find, or_skip, skip};
use crate::support::{Approval, IdentityCenter, Run, TestEnv};

struct Machine {
    center: IdentityCenter,
    env: TestEnv,
    unshare: PathBuf,
}

impl Machine {
    fn new(test: &str) -> Option<Self> {
        let unshare = or_skip(find(&["unshare"]), test, "unshare is not installed")?;
        let center = IdentityCenter::start();
        center.approval(Approval::AtOnce);
        let mut env = TestEnv::of(&center);
        env.sign_in(&center, SESSION);
        env.let_expire_in(SESSION, -10);
        let token = env.home().join(TestEnv::token_path(SESSION));
        env.set("CACHE", token.parent().unwrap()).set("FILE", &token).set("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        let machine = Self { center, env, unshare };
        if machine.run("mount -t tmpfs none \"$CACHE\"", "true", &[]).status != 0 {
            skip(test, "nothing can be mounted here");
            return None;
        }
        Some(machine)
    }

    /// Prepares the machine by a script, runs a command there, and checks by another script, in which `set -e` holds.
    fn run(&self, prepare: &str, check: &str, words: &[&str]) -> Run {
        let is_root = rustix::process::geteuid().is_root();
        let namespace: &[&str] = if is_root { &["--mount"] } else { &["--map-root-user", "--mount"] };
        let script = format!("set -e\n{prepare}\nset +e\n\"$@\"; code=$?\nset -e\n{check}\nexit $code");
        let program: &[&str] = if words.is_empty() { &["true"] } else { &[env!("CARGO_BIN_EXE_sso-oidc")] };
        let shell = ["/bin/sh", "-c", &script, "sh"];
        self.env.program(&self.unshare, [namespace, &shell[..], program, words].concat()).run()
    }

    /// A login there is refused before anything is sent, and leaves the token as it was.
    fn refuses(&self, name: &str, prepare: &str) {
        let before = self.env.read(TestEnv::token_path(SESSION));
        self.center.clear_requests();
        let prepare = format!("cp \"$FILE\" \"$HOME/before\"\n{prepare}\n{LIST} > \"$HOME/files\"");
        let check = format!("cmp \"$FILE\" \"$HOME/before\"; {LIST} | cmp - \"$HOME/files\"");
        let run = self.run(&prepare, &check, &LOGIN);
        assert_eq!((run.status, run.stdout.as_str()), (255, ""), "{name}: {}", run.snapshot());
        assert!(run.stderr.contains("cannot write `") && run.stderr.contains("hint:"), "{name}: {}", run.snapshot());
        assert_eq!(self.center.calls(), [], "{name}: {}", run.snapshot());
        assert_eq!(self.env.read(TestEnv::token_path(SESSION)), before, "{name}");
    }

    /// A login there succeeds.
    fn stores(&self, name: &str, prepare: &str) {
        let check = "grep -q accessToken \"$FILE\"";
        let run = self.run(prepare, check, &LOGIN);
        assert!(run.status == 0 && run.stdout.contains("Successfully logged into"), "{name}: {}", run.snapshot());
    }
}

/// The files of the cache. Only locks may be new, and in an append-only folder temporary files, which cannot be removed.
const LIST: &str = "ls -A \"$CACHE\" | grep -v 'lock$\\|tmp$'";
/// A small file system with the token in it, in place of the cache.
const SMALL: &str = "mkdir \"$HOME/small\"; mount -t tmpfs -o size=64k,nr_inodes=20,mode=700 none \"$HOME/small\"
cp -p \"$FILE\" \"$HOME/small\"; mount --bind \"$HOME/small\" \"$CACHE\"";
const FILL_BYTES: &str = "! cat /dev/zero > \"$CACHE/zero\" 2> /dev/null";
const FILL_INODES: &str = "for number in $(seq 30); do true > \"$CACHE/$number\" || break; done 2> /dev/null";

#[test]
fn a_login_needs_a_cache_that_can_be_written() {
    let Some(machine) = Machine::new("a_login_needs_a_cache_that_can_be_written") else { return };
    machine.stores("a small file system", SMALL);
    let rows = [
        ("a read-only mount", "mount --bind -o ro \"$HOME/.aws\" \"$HOME/.aws\"".to_owned()),
        ("a full disk", format!("{SMALL}\n{FILL_BYTES}")),
        ("a disk without inodes", format!("{SMALL}\n{FILL_INODES}")),
        ("a limit for the size of files", "ulimit -f 1".to_owned()),
        ("a read-only file", "mount --bind -o ro \"$FILE\" \"$FILE\"".to_owned()),
        (
            "a mounted file on a full disk",
            "mkdir \"$HOME/full\"; mount -t tmpfs -o size=16k none \"$HOME/full\"; cp -p \"$FILE\" \"$HOME/full/file\"
! cat /dev/zero > \"$HOME/full/zero\" 2> /dev/null; mount --bind \"$HOME/full/file\" \"$FILE\""
                .to_owned(),
        ),
    ];
    for (name, prepare) in rows {
        let _ = fs::remove_dir(machine.env.home().join("small"));
        machine.refuses(name, &prepare);
    }
}

/// Marks of the file system, as `chattr` sets them.
#[test]
fn a_login_needs_a_token_file_that_can_be_replaced() {
    let test = "a_login_needs_a_token_file_that_can_be_replaced";
    let Some(machine) = Machine::new(test) else { return };
    for (mark, place) in [("i", "$FILE"), ("a", "$FILE"), ("i", "$CACHE"), ("a", "$CACHE")] {
        let set = format!("chattr +{mark} \"{place}\"");
        let unset = format!("chattr -{mark} \"{place}\"");
        if machine.run(&set, &unset, &[]).status != 0 {
            return skip(test, "chattr cannot mark files here");
        }
        let name = format!("chattr +{mark} {place}");
        machine.refuses(&name, &format!("{set}; trap '{unset}' EXIT"));
    }
}

/// A container's mount of one file: a rename cannot replace it, so its bytes are overwritten.
#[test]
fn a_mounted_token_file_is_written_in_place() {
    let Some(machine) = Machine::new("a_mounted_token_file_is_written_in_place") else { return };
    let before = machine.env.read(TestEnv::token_path(SESSION));
    let mount = "cp -p \"$FILE\" \"$HOME/elsewhere\"; mount --bind \"$HOME/elsewhere\" \"$FILE\"";
    machine.stores("a mounted file", mount);
    assert_eq!(machine.env.read(TestEnv::token_path(SESSION)), before, "the file below the mount");
    let stored = machine.env.read("elsewhere");
    assert!(stored.contains("accessToken") && stored != before, "{stored}");
    machine.env.write(&TestEnv::token_path(SESSION), stored);
    machine.env.run(TOKEN).ok();
}
