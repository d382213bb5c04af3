//! What a state of the model consists of: tokens, actors and their steps; and the rules that can be taken back. What
//! follows from each step is in `model`.

/// The remaining life of a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Life {
    /// None.
    Over,
    /// At most 15 minutes: it is refreshed, and used if that fails.
    Short,
    Long,
}

/// A token: the sign-in it belongs to, how often it was refreshed since, and the start URL.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Token {
    pub(super) sign_in: u8,
    pub(super) refreshes: u8,
    pub(super) url: u8,
    pub(super) life: Life,
}

impl Token {
    pub(super) fn is_fresh(self) -> bool {
        self.life == Life::Long
    }
}

/// What an actor does next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Step {
    /// Reads the token file: `session::look`.
    Look,
    /// Waits for the refresh lock and watches the file: `Lock::wait`, `Refresh::newer`.
    Lock(Token),
    /// Has the lock, reads again and checks that it can write: `Refresh::under_lock`.
    Probe,
    /// The request is on its way to the service: `Refresh::request`.
    Request(Token),
    /// The response is on its way: what was refreshed, and the new token or a refusal. `Refresh::store`.
    Response(Token, Option<Token>),
    /// Has written and synced the new token beside the file, and renames it: `TokenCache::replace_token`.
    Rename(Token, Token),
    /// Watches the file after a refusal: `Refresh::refused`.
    Watch(Token),
    /// Waits for the login lock: `single_flight::lead_or_follow`.
    LoginLock(Option<Token>),
    /// The user signs in: `login::in_browser`.
    Browser,
    /// Waits for the refresh lock to store a new login, or stores it without one: `login::store`.
    Store(Token),
    /// Has the refresh lock for that.
    StoreLocked(Token),
    /// The portal's answer is on its way: `Role::request`.
    RoleResponse(Token),
    /// Stores role credentials.
    RoleStore(Token),
    /// Has removed the token, then removes role credentials and ends the session: `commands::logout`.
    RemoveRoles,
    Done,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Kind {
    Token,
    Export,
    Login,
    Logout,
    Tool,
    Person,
}

impl Kind {
    pub(super) const ALL: [Self; 6] = [Self::Token, Self::Export, Self::Login, Self::Logout, Self::Tool, Self::Person];

    pub(super) fn is_ours(self) -> bool {
        !matches!(self, Self::Tool | Self::Person)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Actor {
    pub(super) kind: Kind,
    pub(super) step: Step,
    /// The start URL of its configuration.
    pub(super) url: u8,
    pub(super) interrupted: bool,
}

/// Rules of the code that can be taken back one by one.
#[expect(clippy::struct_excessive_bools, reason = "each is a rule of its own")]
#[derive(Clone, Copy)]
pub(super) struct Rules {
    pub(super) stores_only_over_what_was_refreshed: bool,
    pub(super) absent_means_signed_out: bool,
    pub(super) roles_need_their_session: bool,
    pub(super) waiters_check_the_session: bool,
    pub(super) watches_after_a_refusal: bool,
    pub(super) probes_before_the_request: bool,
    pub(super) finishes_a_request_that_is_out: bool,
    pub(super) looks_again_before_the_rename: bool,
    pub(super) looks_again_after_a_failure: bool,
}

/// What the code does.
pub(super) const RULES: Rules = Rules {
    stores_only_over_what_was_refreshed: true,
    absent_means_signed_out: true,
    roles_need_their_session: true,
    waiters_check_the_session: true,
    watches_after_a_refusal: true,
    probes_before_the_request: true,
    finishes_a_request_that_is_out: true,
    looks_again_before_the_rename: true,
    looks_again_after_a_failure: true,
};
