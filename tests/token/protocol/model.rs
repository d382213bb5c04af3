//! The model: what is on disk and at the service, what each actor does next, and what must never happen.
//!
//! `Token` is `session::refresh`, `Export` is `session::role`, `Login` is `login` with `single_flight`, `Logout` is
//! `commands::logout`. `Tool` reads and writes without locks, as botocore does; `Person` signs in with such a tool.
//! A token's remaining life has three values, and a start URL stands for everything that `session::mismatch` compares.

use super::actors::Step::{
    Browser, Done, Lock, LoginLock, Look, Probe, RemoveRoles, Rename, Request, Response, RoleResponse, RoleStore,
    Store, StoreLocked, Watch,
};
use super::actors::{Actor, Kind, Life, Rules, Step, Token};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct State {
    pub(super) actors: [Actor; 3],
    /// The token file.
    pub(super) file: Option<Token>,
    /// The sign-in whose role credentials are cached.
    roles: Option<u8>,
    refresh_lock: Option<usize>,
    login_lock: Option<usize>,
    /// By sign-in: the number of the refresh token that the service accepts.
    accepted: [u8; 4],
    /// By sign-in: the service has ended it.
    revoked: [bool; 4],
    /// By sign-in: the user has signed out of it.
    signed_out: [bool; 4],
    sign_ins: u8,
    killed: bool,
    /// The SIGKILL came between the service's receipt of a request and the rename, the one window in which it costs a
    /// session.
    killed_in_window: bool,
    writable: bool,
}

/// What must never happen.
pub(super) type Violation = &'static str;
type Next = Result<State, Violation>;

const LOST: Violation = "the only good refresh token is lost";

impl State {
    /// A session, and three actors that have done nothing yet.
    pub(super) fn start(kinds: [Kind; 3], urls: [u8; 3], life: Life, writable: bool) -> Self {
        let actor = |at: usize| Actor { kind: kinds[at], url: urls[at], step: Look, interrupted: false };
        Self {
            actors: [actor(0), actor(1), actor(2)],
            file: Some(Token { sign_in: 0, refreshes: 0, url: 0, life }),
            roles: None,
            refresh_lock: None,
            login_lock: None,
            accepted: [0; 4],
            revoked: [false; 4],
            signed_out: [false; 4],
            sign_ins: 1,
            killed: false,
            killed_in_window: false,
            writable,
        }
    }

    /// Everything that can happen next.
    pub(super) fn next(&self, rules: Rules) -> Vec<Next> {
        let mut all = Vec::new();
        for (who, actor) in self.actors.iter().enumerate().filter(|(_, actor)| actor.step != Done) {
            all.extend(self.step(who, rules));
            if !self.killed {
                let killed_in_window = matches!(actor.step, Request(_) | Response(..) | Rename(..));
                all.push(Ok(Self { killed: true, killed_in_window, ..self.at(who, Done) }));
            }
            if actor.kind.is_ours() && !actor.interrupted {
                all.push(self.interrupted(who, rules));
            }
        }
        all
    }

    /// What must be true when nothing can happen any more.
    pub(super) fn check_end(&self) -> Result<(), Violation> {
        if self.actors.iter().any(|actor| actor.step != Done) {
            return Err("a wait does not end");
        }
        let is_excused = self.killed_in_window || self.actors.iter().any(|actor| actor.kind == Kind::Tool);
        let is_dead = |token: Token| {
            let at = usize::from(token.sign_in);
            self.accepted[at] != token.refreshes && !self.revoked[at]
        };
        if !is_excused && self.file.is_some_and(is_dead) { Err(LOST) } else { Ok(()) }
    }

    fn at(&self, who: usize, step: Step) -> Self {
        let mut next = self.clone();
        next.actors[who].step = step;
        if step == Done {
            for lock in [&mut next.refresh_lock, &mut next.login_lock] {
                lock.take_if(|holder| *holder == who);
            }
        }
        next
    }

    /// SIGINT, SIGTERM or SIGHUP: `commands::runtime`.
    fn interrupted(&self, who: usize, rules: Rules) -> Next {
        let is_out = matches!(self.actors[who].step, Request(_) | Response(..) | Rename(..));
        if is_out && !rules.finishes_a_request_that_is_out {
            return Err(LOST);
        }
        let mut next = if is_out { self.clone() } else { self.at(who, Done) };
        next.actors[who].interrupted = true;
        Ok(next)
    }

    /// The next step of an actor; `None` while it waits.
    fn step(&self, who: usize, rules: Rules) -> Option<Next> {
        let Actor { kind, step, .. } = self.actors[who];
        match step {
            Look => Some(self.look(who, kind, rules)),
            Lock(_) | Probe | Request(_) | Response(..) | Rename(..) | Watch(_) => self.refresh(who, step, rules),
            LoginLock(_) | Browser | Store(_) | StoreLocked(_) => self.sign_in(who, step, rules),
            RoleResponse(token) => {
                let is_refused = self.revoked[usize::from(token.sign_in)];
                Some(Ok(self.at(who, if is_refused { Done } else { RoleStore(token) })))
            }
            RoleStore(token) => Some(self.store_roles(who, token, rules)),
            RemoveRoles => Some(Ok(Self { roles: None, revoked: self.signed_out, ..self.at(who, Done) })),
            Done => None,
        }
    }

    fn look(&self, who: usize, kind: Kind, rules: Rules) -> Next {
        let found = self.file.filter(|token| token.url == self.actors[who].url);
        match (kind, found) {
            (Kind::Logout, _) => {
                let mut next = Self { file: None, ..self.at(who, RemoveRoles) };
                if let Some(token) = self.file {
                    next.signed_out[usize::from(token.sign_in)] = true;
                }
                Ok(next)
            }
            (Kind::Person, _) => Ok(self.signed_in(who)),
            (Kind::Export, Some(token)) if token.is_fresh() => self.export(who, token, rules),
            (_, Some(token)) if token.is_fresh() => self.served(who, token),
            (_, None) => Ok(self.without_token(who)),
            (Kind::Tool, Some(token)) => Ok(self.at(who, Request(token))),
            // A token that lasts is not worth a wait.
            (_, Some(token)) if token.life == Life::Short && self.refresh_lock.is_some() => self.served(who, token),
            (_, Some(token)) if token.life == Life::Short => {
                Ok(Self { refresh_lock: Some(who), ..self.at(who, Probe) })
            }
            (_, Some(token)) => Ok(self.at(who, Lock(token))),
        }
    }

    /// A login goes on in the browser, everything else ends.
    fn without_token(&self, who: usize) -> Self {
        if self.actors[who].kind != Kind::Login || self.actors[who].interrupted {
            return self.at(who, Done);
        }
        let mut next = self.at(who, LoginLock(self.file));
        next.refresh_lock.take_if(|holder| *holder == who);
        next
    }

    /// The refresh has failed: `session::obtain`.
    fn failed(&self, who: usize, old: Token, rules: Rules) -> Next {
        let is_there = self.file == Some(old) || !rules.looks_again_after_a_failure;
        if old.life == Life::Over || !is_there { Ok(self.without_token(who)) } else { self.served(who, old) }
    }

    /// The actor gets this token.
    fn served(&self, who: usize, token: Token) -> Next {
        if token.url != self.actors[who].url {
            return Err("a token of another start URL is served");
        }
        if self.signed_out[usize::from(token.sign_in)] {
            return Err("a token of a session that was signed out is served");
        }
        Ok(self.at(who, Done))
    }

    fn refresh(&self, who: usize, step: Step, rules: Rules) -> Option<Next> {
        let Actor { kind, url, interrupted, .. } = self.actors[who];
        let fits = |token: &Token| token.url == url;
        Some(match step {
            Lock(found) => {
                let newer = self.file.filter(|token| *token != found && token.is_fresh());
                match newer.filter(|token| !rules.waiters_check_the_session || fits(token)) {
                    Some(token) => self.served(who, token),
                    None if self.refresh_lock.is_some() => return None,
                    None => Ok(Self { refresh_lock: Some(who), ..self.at(who, Probe) }),
                }
            }
            Probe => match self.file.filter(fits) {
                Some(token) if token.is_fresh() => self.served(who, token),
                Some(token) if self.writable || !rules.probes_before_the_request => Ok(self.at(who, Request(token))),
                Some(token) if token.life == Life::Short => self.served(who, token),
                Some(_) => Ok(self.at(who, Done)),
                None => Ok(self.without_token(who)),
            },
            Request(old) => Ok(self.requested(who, old)),
            Response(_, new) if kind == Kind::Tool => Ok(self.stored_by_tool(who, new)),
            Response(old, Some(new)) => match self.kept(who, old, rules) {
                Some(next) => next,
                None => Ok(self.at(who, Rename(old, new))),
            },
            Rename(old, new) => match self.kept(who, old, rules).filter(|_| rules.looks_again_before_the_rename) {
                Some(next) => next,
                None => self.store(who, new),
            },
            Response(old, None) if rules.watches_after_a_refusal && !interrupted => Ok(self.at(who, Watch(old))),
            Response(old, None) if self.file == Some(old) && !interrupted && self.is_answered_to_another(who, old) => {
                Err("a login is needed while another tool stores a new token")
            }
            Watch(old) => match self.file {
                Some(token) if token != old && fits(&token) && token.is_fresh() => self.served(who, token),
                // A response that is on its way arrives before the watch ends.
                Some(token) if token == old && self.is_answered_to_another(who, old) => return None,
                _ => self.failed(who, old, rules),
            },
            Response(old, None) => self.failed(who, old, rules),
            _ => Ok(self.at(who, Done)),
        })
    }

    /// The service receives a refresh token and retires it.
    fn requested(&self, who: usize, old: Token) -> Self {
        let at = usize::from(old.sign_in);
        let mut next = self.clone();
        let is_accepted = !self.revoked[at] && self.accepted[at] == old.refreshes;
        next.accepted[at] += u8::from(is_accepted);
        let new = Token { refreshes: old.refreshes + 1, life: Life::Long, ..old };
        next.at(who, Response(old, is_accepted.then_some(new)))
    }

    fn is_answered_to_another(&self, who: usize, old: Token) -> bool {
        let mut others = self.actors.iter().enumerate().filter(|(other, _)| *other != who);
        let is_to = |step| matches!(step, Response(of, Some(_)) | Rename(of, _) if of == old);
        others.any(|(_, actor)| is_to(actor.step))
    }

    fn stored_by_tool(&self, who: usize, new: Option<Token>) -> Self {
        let mut next = self.at(who, Done);
        if let Some(new) = new.filter(|_| self.writable) {
            next.signed_out[usize::from(new.sign_in)] = false;
            next.file = Some(new);
        }
        next
    }

    /// What follows if the file has changed since the request: `Refresh::store`.
    fn kept(&self, who: usize, old: Token, rules: Rules) -> Option<Next> {
        match self.file {
            Some(file) if file == old => None,
            Some(later) if rules.stores_only_over_what_was_refreshed => {
                let is_usable = later.url == self.actors[who].url && later.life != Life::Over;
                Some(if is_usable { self.served(who, later) } else { Ok(self.without_token(who)) })
            }
            None if rules.absent_means_signed_out => Some(Ok(self.without_token(who))),
            _ => None,
        }
    }

    fn store(&self, who: usize, new: Token) -> Next {
        if !self.writable {
            return Err("a refresh token is spent that cannot be replaced");
        }
        if self.file.is_some_and(|file| file.sign_in > new.sign_in) {
            return Err("a later sign-in is replaced by an older one");
        }
        if self.signed_out[usize::from(new.sign_in)] {
            return Err("a session that was signed out is stored");
        }
        Self { file: Some(new), ..self.clone() }.served(who, new)
    }

    fn sign_in(&self, who: usize, step: Step, rules: Rules) -> Option<Next> {
        let Actor { kind, url, .. } = self.actors[who];
        Some(Ok(match step {
            LoginLock(_) if self.login_lock.is_some() => return None,
            LoginLock(known) => {
                let newer = self.file.filter(|token| Some(*token) != known && token.is_fresh());
                match newer.filter(|token| !rules.waiters_check_the_session || token.url == url) {
                    Some(token) => return Some(self.served(who, token)),
                    None => Self { login_lock: Some(who), ..self.at(who, Browser) },
                }
            }
            Browser => self.signed_in(who),
            Store(token) if kind == Kind::Person => Self { file: Some(token), ..self.at(who, Done) },
            Store(_) if self.refresh_lock.is_some() => return None,
            Store(token) => Self { refresh_lock: Some(who), ..self.at(who, StoreLocked(token)) },
            // A sign-in replaces whatever was there, and the role credentials of the one before.
            StoreLocked(token) => Self { file: Some(token), roles: None, ..self.at(who, Done) },
            _ => self.at(who, Done),
        }))
    }

    fn signed_in(&self, who: usize) -> Self {
        let token = Token { sign_in: self.sign_ins, refreshes: 0, url: self.actors[who].url, life: Life::Long };
        Self { sign_ins: self.sign_ins + 1, ..self.at(who, Store(token)) }
    }

    /// With a token that lasts: the role credentials from the cache, or from the portal.
    fn export(&self, who: usize, token: Token, rules: Rules) -> Next {
        match self.roles {
            Some(sign_in) if sign_in == token.sign_in || !rules.roles_need_their_session => {
                self.served(who, Token { sign_in, ..token })
            }
            _ => Ok(self.at(who, RoleResponse(token))),
        }
    }

    fn store_roles(&self, who: usize, token: Token, rules: Rules) -> Next {
        let is_there = self.file.is_some_and(|file| file.sign_in == token.sign_in);
        if rules.roles_need_their_session && !is_there {
            return Ok(self.at(who, Done));
        }
        if self.signed_out[usize::from(token.sign_in)] {
            return Err("role credentials of a session that was signed out are stored");
        }
        Ok(Self { roles: Some(token.sign_in), ..self.at(who, Done) })
    }
}
