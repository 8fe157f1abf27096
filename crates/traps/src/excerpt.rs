//! The source of programs, cut out of their file.

/// The items at the top of a file, each with its documentation: in Rust and in
/// Python, as their formatters leave them, an item begins at an unindented line
/// after a blank one, and its body is indented.
fn items(text: &str) -> Vec<Vec<&str>> {
    let mut items: Vec<Vec<&str>> = Vec::new();
    let mut blank = true;
    for line in text.lines() {
        let begins = blank && !line.is_empty() && !line.starts_with(' ');
        match items.last_mut() {
            Some(item) if !begins => item.push(line),
            _ if begins => items.push(vec![line]),
            _ => {}
        }
        blank = line.is_empty();
    }
    for item in &mut items {
        while item.last().is_some_and(|line| line.is_empty()) {
            item.pop();
        }
    }
    items
}

/// The function that an item is, if it is one.
fn function<'a>(item: &[&'a str]) -> Option<&'a str> {
    let begins = ["fn ", "async fn ", "def ", "async def "];
    let head = item.iter().find_map(|line| {
        begins.iter().find_map(|begin| line.strip_prefix(begin))
    })?;
    head.split(['(', '<']).next()
}

/// The lines of a function; none if the file has no such function.
pub(crate) fn of_function(text: &str, name: &str) -> Option<Vec<String>> {
    let items = items(text);
    let found = items.iter().find(|item| function(item) == Some(name))?;
    Some(owned(found))
}

/// The lines of all items that are none of these functions, without the head of
/// the file, the trap itself and what starts a script.
pub(crate) fn of_others(text: &str, names: &[&str]) -> Vec<String> {
    let others = items(text).into_iter().filter(|item| {
        let is_named = function(item).is_some_and(|name| names.contains(&name));
        let first = item.first().copied().unwrap_or_default();
        let apart = ["//!", "\"\"\"", "pub(crate) const TRAP", "if __name__"];
        let is_apart = apart.iter().any(|begin| first.starts_with(begin));
        let is_test = first.starts_with("#[cfg(test)]");
        !is_named && !is_apart && !is_test
    });
    let mut lines = Vec::new();
    for item in others {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(owned(&item));
    }
    lines
}

fn owned(item: &[&str]) -> Vec<String> {
    item.iter().map(|line| (*line).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUST: &str = "\
//! A file.

use std::thread;

pub(crate) const TRAP: Trap = Trap {
    name: \"a\",

    last: 1,
};

const SIZE: usize = 1;

/// Steps in.
fn without() -> Seen {
    let one = 1;

    one
}

/// Helps.
async fn helper<T>(of: T) {}
";

    #[test]
    fn functions_come_with_what_is_said_of_them() {
        let lines = of_function(RUST, "without").unwrap();
        assert_eq!(lines.len(), 6);
        assert_eq!((&*lines[0], &*lines[5]), ("/// Steps in.", "}"));
        assert_eq!(of_function(RUST, "helper").unwrap().len(), 2);
        assert_eq!(of_function(RUST, "with"), None);
        let others = of_others(RUST, &["without"]).join("\n");
        let expected = "use std::thread;\n\nconst SIZE: usize = 1;\n\n\
                        /// Helps.\nasync fn helper<T>(of: T) {}";
        assert_eq!(others, expected);
    }

    #[test]
    fn scripts_are_cut_the_same_way() {
        let text = "\"\"\"A script.\"\"\"\n\nimport os\n\n\ndef a(b):\n    c\n\
                    \n    d\n\n\nif __name__ == \"__main__\":\n    a()\n";
        assert_eq!(of_function(text, "a").unwrap().len(), 4);
        assert_eq!(of_others(text, &["a"]), ["import os"]);
    }
}
