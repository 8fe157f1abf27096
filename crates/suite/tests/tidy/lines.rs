//! No line is wider than a column of two siblings side by side, and no file
//! longer than what one reason to exist needs.

use crate::repository::{Finding, assert_none, files, is_test};
use syn::spanned::Spanned;

const MOST_COLUMNS: usize = 80;
const MOST_LINES: usize = 500;

/// Whether a line may be wider, since it cannot be broken: a row of a table in
/// Markdown, or an address.
fn is_exempt(line: &str) -> bool {
    is_table(line) || is_address(line)
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn is_table(line: &str) -> bool {
    let text = line.trim_start().trim_start_matches(['/', '!']);
    is_comment(line) && text.trim_start().starts_with('|')
}

/// Too wide because of a single word, which is an address.
fn is_address(line: &str) -> bool {
    let indent = line.len() - line.trim_start().len();
    let address = |word: &&str| word.contains("://");
    let longest = line.split_whitespace().find(address);
    is_comment(line)
        && longest.is_some_and(|word| indent + 4 + word.len() > MOST_COLUMNS)
}

fn columns(path: &str, text: &str) -> Vec<Finding> {
    let wide =
        |line: &str| line.chars().count() > MOST_COLUMNS && !is_exempt(line);
    let wide = text.lines().enumerate().filter(|(_, line)| wide(line));
    let finding = |(index, line): (usize, &str)| {
        let columns = line.chars().count();
        let what =
            format!("{columns} columns, at most {MOST_COLUMNS}: break it");
        Finding::new(path, index + 1, what)
    };
    wide.map(finding).collect()
}

/// How many lines a file has outside its test module.
fn length(path: &str, text: &str) -> usize {
    let lines = text.lines().count();
    if !path.ends_with(".rs") {
        return lines;
    }
    let Ok(file) = syn::parse_file(text) else { return lines };
    let tests = file.items.iter().filter(|item| is_test_only(item));
    let tests = tests.map(|item| {
        let span = item.span();
        span.end().line + 1 - span.start().line
    });
    lines - tests.sum::<usize>()
}

/// Whether an item is compiled for tests only.
pub(crate) fn is_test_only(item: &syn::Item) -> bool {
    let syn::Item::Mod(module) = item else { return false };
    module.attrs.iter().any(|attribute| {
        let condition = attribute.parse_args::<syn::Ident>();
        attribute.path().is_ident("cfg")
            && condition.is_ok_and(|condition| condition == "test")
    })
}

fn lengths(path: &str, text: &str) -> Vec<Finding> {
    let lines = length(path, text);
    if is_test(path) || lines <= MOST_LINES {
        return Vec::new();
    }
    let what = format!(
        "{lines} lines without its tests, at most {MOST_LINES}: find the \
         second reason that it has to exist, and give it a file"
    );
    vec![Finding::new(path, 1, what)]
}

#[test]
fn lines_fit_beside_each_other() {
    let files = files(&["rs"]);
    let wide = files.iter().flat_map(|file| columns(&file.path, &file.text));
    assert_none(&wide.collect::<Vec<_>>());
}

#[test]
fn files_are_short() {
    let files = files(&["rs", "py", "js", "mjs", "css", "html", "sh"]);
    let long = files.iter().flat_map(|file| lengths(&file.path, &file.text));
    assert_none(&long.collect::<Vec<_>>());
}

#[test]
fn a_wide_line_is_found() {
    let wide = format!("//! short\n// {}\n", "word ".repeat(20));
    let found = columns("a.rs", &wide);
    assert_eq!((found.len(), found[0].line), (1, 2));
    assert!(found[0].to_string().starts_with("a.rs:2: 103 columns"));
    let column = format!("let text = \"{}\";", "é".repeat(66));
    assert_eq!(columns("a.rs", &column), []);
    let code = format!("let text = \"https://{}\";", "a".repeat(80));
    assert_eq!(columns("a.rs", &code).len(), 1);
}

#[test]
fn tables_and_addresses_may_be_wide() {
    let table = format!("//! | {} |", "cell | ".repeat(20));
    let address = format!("    // <https://example.org/{}>", "a".repeat(80));
    let text = format!("{table}\n{address}\n");
    assert_eq!(columns("a.rs", &text), []);
    let beside = format!("// https://a.org {}", "word ".repeat(20));
    assert_eq!(columns("a.rs", &beside).len(), 1);
}

#[test]
fn a_long_file_is_found_and_its_tests_are_not_counted() {
    let code = "fn one() {}\n".repeat(MOST_LINES);
    let tests = format!("#[cfg(test)]\nmod tests {{\n{code}}}\n");
    assert_eq!(lengths("src/a.rs", &format!("{code}{tests}")), []);
    let long = lengths("src/a.rs", &format!("{code}fn two() {{}}\n{tests}"));
    assert_eq!((long.len(), long[0].line), (1, 1));
    assert_eq!(lengths("src/a.js", &"a;\n".repeat(501)).len(), 1);
    assert_eq!(lengths("tests/a.rs", &"// a\n".repeat(501)), []);
}
