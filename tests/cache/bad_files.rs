//! Damaged and unusual files in place of a token or a lock, one per row: what `token` prints, what `login` does, and
//! that no command panics, hangs or changes the target of a link.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::time::Duration;

use crate::support::environment::SESSION;
use crate::support::{Approval, Endpoint, IdentityCenter, Reply, Run, TestEnv};

pub(crate) const TOKEN: [&str; 3] = ["token", "--sso-session", SESSION];
pub(crate) const LOGIN: [&str; 6] = ["login", "--sso-session", SESSION, "--use-device-code", "--no-browser", "--force"];

/// An unused user id.
const STRANGER: u32 = 54321;

/// A damaged file, made from a valid token, and the expected results.
struct Row {
    name: &'static str,
    make: fn(&TokenFile<'_>),
    /// The exit code of `token`, and its message.
    token: (i32, &'static str),
    /// The exit code of a login, after which the file is a good one or as it was.
    login: i32,
}

/// Where a row is set up.
struct TokenFile<'a> {
    env: &'a TestEnv,
    path: &'a Path,
    /// The target of a link.
    elsewhere: &'a Path,
    good: &'a str,
}

impl TokenFile<'_> {
    fn write(&self, bytes: impl AsRef<[u8]>) {
        self.env.write(&TestEnv::token_path(SESSION), bytes);
    }

    fn mode(&self, mode: u32) {
        self.write(self.good);
        fs::set_permissions(self.path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn link_to(&self, target: impl AsRef<Path>) {
        symlink(target, self.path).unwrap();
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap()
    }
}

const DAMAGED: i32 = 4;

const ROWS: &[Row] = &[
    Row { name: "nothing", make: |_| {}, token: (4, "no cached token"), login: 0 },
    Row { name: "a token", make: |p| p.write(p.good), token: (0, ""), login: 0 },
    Row {
        name: "a folder",
        make: |p| fs::create_dir(p.path).unwrap(),
        token: (255, "a directory, not a file"),
        login: 255,
    },
    Row { name: "a pipe", make: |p| mkfifo(p.path), token: (DAMAGED, "not a regular file"), login: 0 },
    Row {
        name: "a socket",
        make: |p| drop(std::os::unix::net::UnixListener::bind(p.path).unwrap()),
        token: (DAMAGED, "not a regular file"),
        login: 0,
    },
    Row { name: "a device", make: |p| p.link_to("/dev/zero"), token: (DAMAGED, "not a regular file"), login: 0 },
    Row { name: "a terminal", make: |p| p.link_to("/dev/ptmx"), token: (DAMAGED, "not a regular file"), login: 0 },
    Row {
        name: "a link to nothing",
        make: |p| p.link_to(p.elsewhere),
        token: (DAMAGED, "a dangling symbolic link"),
        login: 0,
    },
    Row {
        name: "a link to itself",
        make: |p| p.link_to(p.path),
        token: (DAMAGED, "a loop of symbolic links"),
        login: 0,
    },
    Row {
        name: "a link to a pipe",
        make: |p| (mkfifo(p.elsewhere), p.link_to(p.elsewhere)).1,
        token: (DAMAGED, "not a regular file"),
        login: 0,
    },
    Row {
        name: "a link to a token",
        make: |p| {
            fs::write(p.elsewhere, p.good).unwrap();
            fs::set_permissions(p.elsewhere, fs::Permissions::from_mode(0o600)).unwrap();
            p.link_to(p.elsewhere);
        },
        token: (0, "is a symbolic link; the next write replaces it with a file"),
        login: 0,
    },
    Row {
        name: "a link to a token that others may read",
        make: |p| {
            fs::write(p.elsewhere, p.good).unwrap();
            p.link_to(p.elsewhere);
        },
        token: (0, "is readable by other users"),
        login: 0,
    },
    Row {
        name: "a link to a world-writable token",
        make: |p| {
            fs::write(p.elsewhere, p.good).unwrap();
            fs::set_permissions(p.elsewhere, fs::Permissions::from_mode(0o666)).unwrap();
            p.link_to(p.elsewhere);
        },
        token: (DAMAGED, "a symbolic link to an untrusted file: it is world-writable"),
        login: 0,
    },
    Row {
        name: "a second name of a file",
        make: |p| {
            fs::write(p.elsewhere, p.good).unwrap();
            fs::hard_link(p.elsewhere, p.path).unwrap();
        },
        token: (0, "is readable by other users"),
        login: 0,
    },
    Row { name: "read by its group", make: |p| p.mode(0o640), token: (0, "is readable by other users"), login: 0 },
    Row { name: "read by all", make: |p| p.mode(0o604), token: (0, "is readable by other users"), login: 0 },
    Row { name: "written by its group", make: |p| p.mode(0o660), token: (0, "is writable by other users"), login: 0 },
    Row {
        name: "written by all",
        make: |p| p.mode(0o602),
        token: (0, "was world-writable (mode 602); its mode is now 600"),
        login: 0,
    },
    Row {
        name: "in a folder that all may write",
        make: |p| {
            p.write(p.good);
            fs::set_permissions(p.folder(), fs::Permissions::from_mode(0o777)).unwrap();
        },
        token: (0, "was world-writable (mode 777); its mode is now 755"),
        login: 0,
    },
    Row { name: "empty", make: |p| p.write(""), token: (DAMAGED, "it is not JSON"), login: 0 },
    Row { name: "half", make: |p| p.write(&p.good[..p.good.len() / 2]), token: (DAMAGED, "it is not JSON"), login: 0 },
    Row {
        name: "a longer one below",
        make: |p| p.write(p.good.to_owned() + "\"}"),
        token: (DAMAGED, "it is not JSON"),
        login: 0,
    },
    Row { name: "two", make: |p| p.write(p.good.to_owned() + p.good), token: (DAMAGED, "it is not JSON"), login: 0 },
    Row { name: "a list", make: |p| p.write("[1]"), token: (DAMAGED, "not a JSON object"), login: 0 },
    Row { name: "a number", make: |p| p.write("5"), token: (DAMAGED, "not a JSON object"), login: 0 },
    Row { name: "a number without end", make: |p| p.write("9".repeat(1000)), token: (DAMAGED, "it is"), login: 0 },
    Row { name: "deep", make: |p| p.write("{\"a\":".repeat(100_000)), token: (DAMAGED, "it is not JSON"), login: 0 },
    Row { name: "deep lists", make: |p| p.write("[".repeat(900_000)), token: (DAMAGED, "it is not"), login: 0 },
    Row { name: "huge", make: |p| p.write(vec![b' '; 2 << 20]), token: (DAMAGED, "larger than 1 MiB"), login: 0 },
    Row {
        name: "a token and white space without end",
        make: |p| p.write(p.good.to_owned() + &" ".repeat(1 << 20)),
        token: (DAMAGED, "larger than 1 MiB"),
        login: 0,
    },
    Row { name: "zeros", make: |p| p.write([0; 300]), token: (DAMAGED, "it is not JSON"), login: 0 },
    Row {
        name: "not UTF-8",
        make: |p| p.write(b"{\"accessToken\": \"\xff\"}"),
        token: (DAMAGED, "it is not UTF-8"),
        login: 0,
    },
    Row { name: "UTF-16", make: |p| p.write(b"\xff\xfe{\0}\0"), token: (DAMAGED, "it is not UTF-8"), login: 0 },
    Row {
        name: "with a mark of its encoding",
        make: |p| p.write("\u{feff}".to_owned() + p.good),
        token: (0, ""),
        login: 0,
    },
    Row {
        name: "a member twice",
        make: |p| p.write(p.good.replacen('{', "{\"accessToken\": \"first\", \"expiresAt\": \"never\", ", 1)),
        token: (0, ""),
        login: 0,
    },
    Row {
        name: "a member that is not a string",
        make: |p| p.write(p.good.replacen("\"accessToken\": \"", "\"accessToken\": 5, \"x\": \"", 1)),
        token: (DAMAGED, "it has no accessToken"),
        login: 0,
    },
    Row {
        name: "a day that is none",
        make: |p| p.write("{\"accessToken\": \"x\", \"expiresAt\": \"2100-02-30T00:00:00Z\"}"),
        token: (DAMAGED, "its expiresAt is not a valid timestamp"),
        login: 0,
    },
];

pub(crate) fn mkfifo(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Runs every command that reads or removes tokens, and checks exit codes and messages.
fn unmoved(env: &TestEnv, words: &[&str], codes: &[i32], what: &str) -> Run {
    let run = env.run(words.iter().copied());
    assert!(codes.contains(&run.status), "{what}: {}", run.snapshot());
    assert!(!run.stderr.contains("internal error"), "{what}: {}", run.snapshot());
    if run.status != 0 {
        assert!(!run.stderr.is_empty() || !run.stdout.is_empty(), "{what}: {words:?} says nothing");
    }
    run
}

pub(crate) fn fixture() -> (IdentityCenter, TestEnv, String) {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce).tolerate_everything();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    let good = env.read(TestEnv::token_path(SESSION));
    fs::remove_file(env.home().join(TestEnv::token_path(SESSION))).unwrap();
    (center, env, good)
}

#[test]
fn bad_token_files() {
    for row in ROWS {
        let (center, env, good) = fixture();
        let path = env.home().join(TestEnv::token_path(SESSION));
        let elsewhere = env.work().join("elsewhere");
        (row.make)(&TokenFile { env: &env, path: &path, elsewhere: &elsewhere, good: &good });
        let target =
            fs::symlink_metadata(&elsewhere).is_ok_and(|found| found.is_file()).then(|| fs::read(&elsewhere).unwrap());
        let run = unmoved(&env, &TOKEN, &[row.token.0], row.name);
        assert!(run.stderr.contains(row.token.1), "{}: {}", row.name, run.snapshot());
        assert_eq!(run.stderr.is_empty(), row.token.1.is_empty(), "{}: {}", row.name, run.snapshot());
        assert!(run.status == 0 || run.stdout.is_empty(), "{}: {}", row.name, run.snapshot());
        unmoved(&env, &["status"], &[0, 4], row.name);
        if row.token.0 != DAMAGED {
            unmoved(&env, &["export-credentials", "--profile", "dev"], &[row.token.0], row.name);
        }
        center.clear_requests();
        let run = unmoved(&env, &LOGIN, &[row.login], row.name);
        if row.login == 0 {
            let found = fs::symlink_metadata(&path).unwrap();
            assert!(found.is_file() && found.permissions().mode() & 0o777 == 0o600, "{}: {found:?}", row.name);
            assert!(center.accepts(env.token(SESSION)["accessToken"].as_str().unwrap()), "{}", row.name);
        } else {
            assert!(center.calls().is_empty() && run.stdout.is_empty(), "{}: it asked for nothing", row.name);
        }
        if let Some(target) = target {
            assert!(fs::read(&elsewhere).unwrap() == target, "{}: the target was touched", row.name);
        }
        // Logout removes everything except what it must not touch.
        unmoved(&env, &["logout"], if row.login == 0 { &[0] } else { &[0, 255] }, row.name);
    }
}

/// Only root can give files away.
#[test]
fn files_of_another_user() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let chown = |path: &Path| std::os::unix::fs::lchown(path, Some(STRANGER), Some(STRANGER)).unwrap();
    // A file of another user in our folder is not trusted, and is not changed.
    let (center, env, good) = fixture();
    let path = env.home().join(TestEnv::token_path(SESSION));
    env.write(&TestEnv::token_path(SESSION), &good);
    chown(&path);
    for words in [&TOKEN[..], &LOGIN] {
        let run = unmoved(&env, words, &[255], "a file of another user");
        assert!(run.stderr.contains("it belongs to user 54321") && run.stderr.contains("chown"), "{}", run.snapshot());
    }
    assert_eq!((env.read(&path), center.calls().len()), (good.clone(), 0));
    // A link to a file of another user is replaced, and the file is not changed.
    let elsewhere = env.work().join("elsewhere");
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    let run = unmoved(&env, &TOKEN, &[4], "a link to a file of another user");
    assert!(
        run.stderr.contains("a symbolic link to an untrusted file: it belongs to user 54321"),
        "{}",
        run.snapshot()
    );
    unmoved(&env, &LOGIN, &[0], "a link to a file of another user");
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), good);
    // A mounted home of another user, as in containers: it works for root, and files keep their owner.
    let (center, env, good) = fixture();
    env.write(&TestEnv::token_path(SESSION), &good);
    for name in [".aws/sso/cache", ".aws/sso", ".aws", &TestEnv::token_path(SESSION)] {
        chown(&env.home().join(name));
    }
    unmoved(&env, &TOKEN, &[0], "a home of another user");
    unmoved(&env, &LOGIN, &[0], "a home of another user");
    let owner =
        std::os::unix::fs::MetadataExt::uid(&fs::metadata(env.home().join(TestEnv::token_path(SESSION))).unwrap());
    assert_eq!(owner, STRANGER, "the new token belongs to root, and its owner cannot read it");
    drop(center);
}

/// Creates something at a path, for example a link.
type MakeLock = fn(&Path, &Path);

/// Anything unusual at the path of a lock is replaced by a lock, so that many processes still make one request.
#[test]
fn bad_lock_files() {
    let rows: [(&str, MakeLock); 8] = [
        ("a folder", |path, _| fs::create_dir(path).unwrap()),
        ("a pipe", |path, _| mkfifo(path)),
        ("a socket", |path, _| drop(std::os::unix::net::UnixListener::bind(path).unwrap())),
        ("a link to a file", |path, elsewhere| {
            fs::write(elsewhere, "kept").unwrap();
            symlink(elsewhere, path).unwrap();
        }),
        ("a link to nothing", |path, elsewhere| symlink(elsewhere, path).unwrap()),
        ("a second name of a file", |path, elsewhere| {
            fs::write(elsewhere, "kept").unwrap();
            fs::hard_link(elsewhere, path).unwrap();
        }),
        ("junk", |path, _| fs::write(path, vec![0xff; 100_000]).unwrap()),
        ("a record of a process that is gone", |path, _| {
            fs::write(path, "process 1 2100-01-01T00:00:00Z holds\n").unwrap();
        }),
    ];
    for (name, make) in rows {
        let (center, env, good) = fixture();
        env.write(&TestEnv::token_path(SESSION), &good);
        env.let_expire_in(SESSION, -10);
        let path = env.home().join(TestEnv::token_path(SESSION));
        let elsewhere = env.work().join("elsewhere");
        for extension in ["lock", "login.lock"] {
            let _ = fs::remove_file(&elsewhere);
            make(&path.with_extension(extension), &elsewhere);
        }
        center.next(Endpoint::CreateToken, Reply::genuine().delay(Duration::from_millis(300)));
        let running: Vec<_> = (0..8).map(|_| env.spawn(TOKEN)).collect();
        for run in running {
            let run = run.finish();
            assert!(run.status == 0 && run.stderr.is_empty(), "{name}: {}", run.snapshot());
        }
        assert_eq!(center.calls(), [Endpoint::CreateToken], "{name}");
        unmoved(&env, &LOGIN, &[0], name);
        assert_eq!(fs::read_to_string(&elsewhere).unwrap_or("kept".into()), "kept", "{name}: the target was touched");
        unmoved(&env, &["logout"], &[0], name);
    }
}

#[test]
fn ten_thousand_cache_files() {
    let (center, env, good) = fixture();
    env.write(&TestEnv::token_path(SESSION), &good);
    let folder = env.home().join(".aws/sso/cache");
    for number in 0..10_000 {
        let text = match number % 4 {
            0 => format!(
                "{{\"clientId\": \"C{number}\", \"clientSecret\": \"S\", \"expiresAt\": \"2100-01-01T00:00:00Z\"}}"
            ),
            1 => "5".to_owned(),
            2 => "\u{0}\u{1}".to_owned(),
            _ => "{\"accessToken\": \"A\", \"expiresAt\": \"2020-01-01T00:00:00Z\"}".to_owned(),
        };
        fs::write(folder.join(format!("{number:040x}.json")), text).unwrap();
    }
    unmoved(&env, &TOKEN, &[0], "ten thousand files");
    unmoved(&env, &["status"], &[0], "ten thousand files");
    // Faster than a login for each of the 2,500 tokens.
    center.clear_requests();
    unmoved(&env, &["logout", "--sso-session", SESSION], &[0], "ten thousand files");
    assert_eq!(center.calls().len(), 1);
    assert!(!env.home().join(TestEnv::token_path(SESSION)).exists());
}

/// Temporary files of a killed process are removed after ten minutes; a recent one is kept.
#[test]
fn leftover_temporary_files_are_removed() {
    let (_center, env, _) = fixture();
    let old = ".aws/sso/cache/.sso-oidc-old.tmp";
    let (young, of_others) = (".aws/sso/cache/.sso-oidc-new.tmp", ".aws/sso/cache/other.tmp");
    for (name, minutes) in [(old, 11), (young, 9), (of_others, 60)] {
        env.write(name, "{\"accessToken\": \"half");
        let file = fs::File::options().write(true).open(env.home().join(name)).unwrap();
        file.set_modified(file.metadata().unwrap().modified().unwrap() - Duration::from_mins(minutes)).unwrap();
    }
    unmoved(&env, &LOGIN, &[0], "what killed processes left");
    let files = env.files(".aws/sso");
    let is_there = |name: &str| files.iter().any(|file| file == name);
    assert_eq!([old, young, of_others].map(is_there), [false, true, true], "{files:?}");
}
