//! Names from outside as addresses: in links, and as their targets.

use std::collections::BTreeSet;

/// A name as a fragment of an address spells it.
pub(crate) fn encoded(name: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    name.bytes().map(byte).collect()
}

/// Identifiers that are taken.
#[derive(Default)]
pub(crate) struct Ids(BTreeSet<String>);

impl Ids {
    /// A new identifier: the name itself, if that is possible.
    pub(crate) fn of(&mut self, name: &str) -> String {
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }
        };
        let plain: String = name.chars().take(80).map(plain).collect();
        let plain = if plain.is_empty() { "_".to_owned() } else { plain };
        let numbered = (2..).map(|number| format!("{plain}_{number}"));
        let mut all = [plain.clone()].into_iter().chain(numbered);
        let free = all.find(|id| !self.0.contains(id));
        let id = free.expect("there is always another number");
        self.0.insert(id.clone());
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_addresses_and_identifiers() {
        assert_eq!(encoded("python-threads"), "python-threads");
        assert_eq!(encoded("a b&<ü"), "a%20b%26%3C%C3%BC");
        let mut ids = Ids::default();
        let all = ["fetch", "a b", "a<b", "", "fetch"].map(|name| ids.of(name));
        assert_eq!(all, ["fetch", "a_b", "a_b_2", "_", "fetch_2"]);
    }
}
