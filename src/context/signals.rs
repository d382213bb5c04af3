//! `Signals`: what a signal does while a command waits, and when it may end the program.
//!
//! Outside of the runtime of `commands`, every signal has the action that it had at the start. While the runtime is
//! active, a signal that would end the program is only recorded, so that the runtime can clean up first. An ignored
//! signal stays ignored. What the runtime does with a signal is in `commands::runtime`.

use std::cell::Cell;
#[cfg(unix)]
use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[cfg(unix)]
use signal_hook::consts::{
    SIGALRM, SIGCHLD, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU, SIGXFSZ,
};

/// The signals that end a program without a handler, and that a terminal, a user, a supervisor or a limit sends.
/// `signal_hook` cannot repeat the default action of the others: SIGIO, SIGPWR, SIGSTKFLT and real-time signals.
#[cfg(unix)]
const ENDING: [i32; 10] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGXCPU];

/// The signals of this process.
pub struct Signals {
    /// What the handlers share.
    state: State,
    /// How many responses must not be lost.
    deferrals: Cell<usize>,
    /// The signals that have a handler; none before the first runtime.
    #[cfg(unix)]
    handled: OnceCell<Vec<i32>>,
}

/// What the handlers share with the streams.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// Whether signals have the action that they had at the start.
    by_default: Arc<AtomicBool>,
    /// The same for SIGINT.
    interrupt_by_default: Arc<AtomicBool>,
    /// The last signal that was recorded; 0 before the first.
    arrived: Arc<AtomicUsize>,
}

/// A signal does not end the program until this is dropped.
pub struct Deferral<'a>(&'a Signals);

/// Signals are recorded until this is dropped, and then have the action that they had at the start.
pub struct Recording<'a>(&'a Signals);

impl Default for Signals {
    fn default() -> Self {
        let on = || Arc::new(AtomicBool::new(true));
        let state = State { by_default: on(), interrupt_by_default: on(), arrived: Arc::default() };
        Self {
            state,
            deferrals: Cell::new(0),
            #[cfg(unix)]
            handled: OnceCell::new(),
        }
    }
}

impl Signals {
    /// Defers the end by a signal until the result is dropped. Once a signal has arrived, this waits for the end instead,
    /// so that no further request is sent.
    pub async fn defer(&self) -> Deferral<'_> {
        if self.arrived().is_some() {
            std::future::pending::<()>().await;
        }
        self.deferrals.set(self.deferrals.get() + 1);
        Deferral(self)
    }

    /// Whether the end must wait.
    pub fn are_deferred(&self) -> bool {
        self.deferrals.get() > 0
    }

    /// The last signal that was recorded.
    pub fn arrived(&self) -> Option<u8> {
        self.state.arrived()
    }

    /// Records a signal.
    #[cfg(any(test, not(unix)))]
    pub fn arrive(&self, signal: u8) {
        self.state.arrived.store(signal.into(), Ordering::SeqCst);
    }

    /// Records signals instead of ending the program.
    pub fn record(&self) -> Recording<'_> {
        self.state.set_by_default(false);
        Recording(self)
    }

    #[cfg(unix)]
    pub(super) fn state(&self) -> State {
        self.state.clone()
    }
}

#[cfg(unix)]
impl Signals {
    /// The signals to record: those that end the program and are not ignored.
    pub fn handled(&self) -> std::io::Result<&[i32]> {
        if let Some(handled) = self.handled.get() {
            return Ok(handled);
        }
        let is_ignored = ignored();
        let handled: Vec<_> = ENDING.into_iter().filter(|signal| !is_ignored(*signal)).collect();
        for &signal in &handled {
            let by_default = if signal == SIGINT { &self.state.interrupt_by_default } else { &self.state.by_default };
            let number = usize::try_from(signal).unwrap_or_default();
            signal_hook::flag::register_usize(signal, Arc::clone(&self.state.arrived), number)?;
            // Only afterwards, so that a signal that does not end the program is always recorded.
            signal_hook::flag::register_conditional_default(signal, Arc::clone(by_default))?;
        }
        if !is_ignored(SIGXFSZ) {
            // Exceeding the file size limit is then a write error, as in Python, instead of a fatal signal.
            signal_hook::flag::register(SIGXFSZ, Arc::default())?;
        }
        if is_ignored(SIGCHLD) {
            // The system would reap a program that this one starts, and its exit status would be lost.
            signal_hook::flag::register(SIGCHLD, Arc::default())?;
        }
        Ok(self.handled.get_or_init(|| handled))
    }

    /// Leaves Ctrl-C to a program that uses the terminal, until the result is dropped.
    pub fn leave_interrupts(&self) -> std::io::Result<Recording<'_>> {
        self.handled()?;
        self.state.interrupt_by_default.store(false, Ordering::SeqCst);
        Ok(Recording(self))
    }
}

#[cfg(windows)]
impl Signals {
    /// Leaves Ctrl-C to a program that uses the console, for as long as this program runs.
    #[expect(clippy::unused_self, reason = "as on Unix")]
    pub fn leave_interrupts(&self) -> std::io::Result<tokio::signal::windows::CtrlC> {
        tokio::signal::windows::ctrl_c()
    }
}

impl State {
    /// Whether signals are recorded, or one was.
    #[cfg(unix)]
    pub(super) fn is_active(&self) -> bool {
        !self.by_default.load(Ordering::SeqCst) || self.arrived().is_some()
    }

    pub(super) fn arrived(&self) -> Option<u8> {
        u8::try_from(self.arrived.load(Ordering::SeqCst)).ok().filter(|signal| *signal > 0)
    }

    fn set_by_default(&self, by_default: bool) {
        self.by_default.store(by_default, Ordering::SeqCst);
        self.interrupt_by_default.store(by_default, Ordering::SeqCst);
    }
}

impl Drop for Deferral<'_> {
    fn drop(&mut self) {
        self.0.deferrals.set(self.0.deferrals.get() - 1);
    }
}

impl Drop for Recording<'_> {
    fn drop(&mut self) {
        self.0.state.set_by_default(true);
    }
}

/// Which signals this process ignores, as its parent has set it; none if the system does not tell.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn ignored() -> impl Fn(i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    move |signal| mask >> (signal - 1) & 1 == 1
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
use ignored_by_a_shell as ignored;

/// The same where there is no `/proc`: a shell inherits what is ignored, and cannot trap it (POSIX).
#[cfg(all(unix, any(test, not(any(target_os = "linux", target_os = "android")))))]
fn ignored_by_a_shell() -> impl Fn(i32) -> bool {
    const TRAP: &str = "for n; do trap \"echo $n\" $n; kill -$n $$; done; echo end";
    let numbers = ENDING.iter().chain(&[SIGXFSZ, SIGCHLD]).map(ToString::to_string);
    let shell = std::process::Command::new("/bin/sh").args(["-c", TRAP, "sh"]).args(numbers).output();
    let trapped = shell.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let answered = trapped.ends_with("end\n");
    move |signal| answered && !trapped.lines().any(|line| line == signal.to_string())
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::process::Command;

    use super::{ENDING, ignored, ignored_by_a_shell};

    #[test]
    fn ignored_signals_are_found_in_both_ways() {
        let tests = std::env::current_exe().unwrap();
        for names in ["", "HUP", "INT QUIT", "HUP INT QUIT TERM USR1 USR2 ALRM VTALRM PROF XCPU"] {
            let script = format!("for n in {names}; do trap '' $n; done; exec \"$0\" \"$@\"");
            let mut command = Command::new("/bin/sh");
            command.arg("-c").arg(script).arg(&tests).args(["--exact", "context::signals::tests::print", "--ignored"]);
            let output = command.arg("--nocapture").output().unwrap();
            let found = String::from_utf8_lossy(&output.stdout).into_owned();
            let count = names.split_whitespace().count();
            assert!(found.contains(&format!("ignored: {count} and {count}, the same: true")), "{names}: {found}");
        }
    }

    #[test]
    #[ignore = "prints what the process ignores; ignored_signals_are_found_in_both_ways starts one that ignores signals"]
    fn print() {
        let (one, other) = (ignored(), ignored_by_a_shell());
        let count = |is_ignored: &dyn Fn(i32) -> bool| ENDING.iter().filter(|signal| is_ignored(**signal)).count();
        let same = ENDING.iter().all(|signal| one(*signal) == other(*signal));
        println!("ignored: {} and {}, the same: {same}", count(&one), count(&other));
    }
}
