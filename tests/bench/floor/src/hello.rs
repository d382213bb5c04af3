//! The least that a program can be: it says one line. What is left is the dynamic linker, libc and Rust's own start.

fn main() {
    println!("sso-oidc");
}
