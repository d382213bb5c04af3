//! Files on disk, whatever they contain: reading without waiting, owners and modes, atomic replacement, lock files.
//!
//! The contents of files, and what a failure means, are the business of the callers.

mod busy;
mod cause;
mod lock;
mod owner;
mod read;
mod replace;

pub use cause::Cause;
pub use lock::{cannot_exist, open_lock, process_name, try_lock, wait_for_lock};
pub use owner::{
    command_for_access, create_private_folders, explained, folder_of, foreign_owner, is_world_writable, make_readable,
    mode_warning, narrow,
};
pub use read::{LONGEST, open, read_bytes, read_text};
pub use replace::{Keep, TEMPORARY, check_replaceable, link_target, remove, replace_if};
