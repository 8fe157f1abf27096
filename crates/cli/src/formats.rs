//! `lanes formats`: what CSV and JSON have.

use crate::fail::Fail;
use crate::show::print;

/// The page that describes every column and key.
const PAGE: &str = include_str!("../FORMATS.md");

/// Prints the page.
///
/// # Errors
/// Those of standard output.
pub(crate) fn formats() -> Result<(), Fail> {
    print(PAGE)
}

#[cfg(test)]
mod tests;
