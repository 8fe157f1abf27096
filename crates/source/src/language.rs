//! The languages that siblings are written in.

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Rust.
    Rust,
    /// Python.
    Python,
}

/// What Python's own query does not know: decorators as a whole, and operators
/// that are words.
const PYTHON: &str = r#"
(decorator) @attribute
(decorator (identifier) @attribute)
["and" "in" "is" "not" "or" "is not" "not in" "nonlocal"] @keyword
"#;

impl Language {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
        }
    }

    pub(crate) fn grammar(self) -> tree_sitter::Language {
        match self {
            Self::Rust => tree_sitter_rust::LANGUAGE.into(),
            Self::Python => tree_sitter_python::LANGUAGE.into(),
        }
    }

    /// The query that names what is highlighted.
    pub(crate) fn highlights(self) -> String {
        match self {
            Self::Rust => tree_sitter_rust::HIGHLIGHTS_QUERY.into(),
            Self::Python => {
                [tree_sitter_python::HIGHLIGHTS_QUERY, PYTHON].concat()
            }
        }
    }
}
