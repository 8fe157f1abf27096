//! Prints the table of the cases, as `CASES.md` has it:
//!
//! `cargo run -p lanes-conformance --example cases > CASES.md`

fn main() {
    print!("{}", lanes_conformance::cases::table());
}
