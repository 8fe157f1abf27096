//! The content policy of the page: it may show itself, and nothing else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// A content policy (<https://www.w3.org/TR/CSP3/>) that allows this style and
/// these scripts, by their hashes, and asks the network for nothing.
pub(crate) fn policy(style: &str, scripts: &[&str]) -> String {
    let hash = |text: &str| {
        let digest = Sha256::digest(text.as_bytes());
        format!("'sha256-{}'", STANDARD.encode(digest))
    };
    let scripts: Vec<String> = scripts.iter().map(|s| hash(s)).collect();
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; \
         form-action 'none'",
        hash(style),
        scripts.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_standard() {
        // `printf 'alert(1)' | openssl dgst -sha256 -binary | base64`
        let policy = policy("", &["alert(1)"]);
        let expected = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='";
        assert!(policy.contains(expected), "{policy}");
        assert!(policy.starts_with("default-src 'none'; "));
    }
}
