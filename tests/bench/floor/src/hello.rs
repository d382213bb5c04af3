//! A minimal program that prints one line. Its cost is that of the dynamic linker, libc and Rust's start-up.

fn main() {
    println!("sso-oidc");
}
