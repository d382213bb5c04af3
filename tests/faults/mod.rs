//! What goes wrong on the machine itself: a file system that fails, a process that dies, files that somebody else left.
//!
//! Whatever happens, a file of the cache is the old one or the complete new one, byte for byte, nobody else could read it
//! at any time, and the program says what is the matter. Faults of the network are in `http_faults`.

mod cores;
