//! Headless Chromium, driven by the `DevTools` protocol over two pipes.
//!
//! It clicks and reads what a user would. Pipes instead of a socket, so that nothing else can drive it and no WebSocket
//! is needed. Linux only, because of named pipes.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::{Value, json};

use super::programs::find;

/// The longest wait for anything; a browser on a busy machine can be slow.
const PATIENCE: Duration = Duration::from_mins(2);

/// A browser with one page; ended when dropped.
pub(crate) struct Chromium {
    child: Child,
    commands: File,
    messages: Receiver<Value>,
    /// Complaints of the page: blocked styles, failed requests.
    complaints: Vec<String>,
    session: Option<String>,
    last_id: u64,
    _folder: tempfile::TempDir,
}

/// What the user sees.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// The URL in the address bar.
    pub(crate) url: String,
    /// The title of the tab.
    pub(crate) title: String,
    /// The visible text.
    pub(crate) text: String,
}

impl Chromium {
    /// Starts it; `None` if it is not installed.
    pub(crate) fn start() -> Option<Self> {
        let program = find(&["chromium", "chromium-browser", "google-chrome"])?;
        let folder = tempfile::tempdir().expect("there is room for a temporary folder");
        let [to, from] = ["to", "from"].map(|name| folder.path().join(name));
        for path in [&to, &from] {
            mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe can be made");
        }
        // Opened for both directions a pipe with a name does not wait for the other side.
        let open = |path: &Path| File::options().read(true).write(true).open(path).expect("the pipe can be opened");
        let (commands, answers) = (open(&to), open(&from));
        let child = Command::new("/bin/sh")
            .args(["-c", "exec 3<\"$1\" 4>\"$2\"; shift 2; exec \"$@\"", "sh"])
            .args([&to, &from, &program])
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--no-proxy-server", "--window-size=900,700", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser starts");
        let (sender, messages) = mpsc::channel();
        std::thread::spawn(move || {
            // Messages end with a NUL.
            for message in BufReader::new(answers).split(0) {
                let Ok(message) = message else { return };
                if sender.send(serde_json::from_slice(&message).unwrap_or_default()).is_err() {
                    return;
                }
            }
        });
        let mut browser =
            Self { child, commands, messages, complaints: Vec::new(), session: None, last_id: 0, _folder: folder };
        browser.attach();
        Some(browser)
    }

    fn attach(&mut self) {
        let target = self.call("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = self.call("Target.attachToTarget", &json!({ "targetId": target, "flatten": true }));
        self.session = attached["sessionId"].as_str().map(Into::into);
        for domain in ["Page", "Log", "Runtime"] {
            self.call(&format!("{domain}.enable"), &json!({}));
        }
    }

    /// Opens a URL.
    pub(crate) fn open(&mut self, url: &str) {
        self.call("Page.navigate", &json!({ "url": url }));
    }

    /// Waits until the view satisfies a condition.
    pub(crate) fn wait_for(&mut self, what: &str, condition: impl Fn(&View) -> bool) -> View {
        let started = Instant::now();
        loop {
            let view = self.view();
            match view {
                Some(view) if condition(&view) => return view,
                _ => {}
            }
            assert!(started.elapsed() < PATIENCE, "{what} did not show, but {view:?}; {:?}", self.complaints);
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Clicks in the middle of the first element that the CSS selector finds.
    pub(crate) fn click(&mut self, selector: &str) {
        let middle = self.evaluate(&format!(
            "(box => ({{ x: box.x + box.width / 2, y: box.y + box.height / 2 }}))\
             (document.querySelector({}).getBoundingClientRect())",
            json!(selector)
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": middle["x"], "y": middle["y"], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", &event);
        }
    }

    /// Evaluates an expression in the page.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let result = self.call("Runtime.evaluate", &json!({ "expression": expression, "returnByValue": true }));
        result["result"]["value"].clone()
    }

    /// Saves a screenshot as PNG.
    pub(crate) fn screenshot(&mut self, path: &Path) {
        let picture = self.call("Page.captureScreenshot", &json!({ "format": "png" }));
        let bytes = STANDARD.decode(picture["data"].as_str().unwrap_or_default()).expect("the picture is in base64");
        assert!(bytes.starts_with(b"\x89PNG"), "no picture was taken");
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
        fs::write(path, bytes).expect("the picture can be kept");
    }

    /// The errors in the browser's log since it was started.
    pub(crate) fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// The view is empty between two pages.
    fn view(&mut self) -> Option<View> {
        let seen = self.evaluate(
            "document.readyState === 'complete' && document.body ? \
             [location.href, document.title, document.body.innerText] : null",
        );
        let part = |index: usize| seen[index].as_str().map(str::to_owned);
        Some(View { url: part(0)?, title: part(1)?, text: part(2)?.split_whitespace().collect::<Vec<_>>().join(" ") })
    }

    /// Sends a command and returns its result, which may be an error, because a page can close during a command.
    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.last_id += 1;
        let mut command = json!({ "id": self.last_id, "method": method, "params": params });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        self.commands.write_all(&bytes).expect("the browser takes commands");
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let message = self.messages.recv_timeout(left);
            let message = message.unwrap_or_else(|_| panic!("the browser did not answer {method}"));
            if message["method"] == "Log.entryAdded" {
                self.complaints.push(message["params"]["entry"]["text"].to_string());
            }
            if message["id"] == self.last_id {
                return message["result"].clone();
            }
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The browser ends its own processes; those that remain are killed.
        let _ = self.commands.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        for _ in 0..100 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
