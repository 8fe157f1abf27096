//! Names from outside as addresses: of pages, and of places in them.

use crate::content::Content;
use lanes_timeline::svg::text::escape;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};

/// The page that is opened first.
pub(crate) const INDEX: &str = "index.html";
/// How to read the pages.
pub(crate) const ABOUT: &str = "about.html";
/// The page of claims.
pub(crate) const CLAIMS: &str = "claims.html";
/// The page of the smallest tasks and of crossovers.
pub(crate) const METG: &str = "metg.html";
/// The page of models on nodes.
pub(crate) const SCALE: &str = "scale.html";
/// The page of faults.
pub(crate) const FAULTS: &str = "faults.html";
/// The page of traps.
pub(crate) const TRAPS: &str = "traps.html";
/// The page of questions.
pub(crate) const QUESTIONS: &str = "questions.html";

/// A name from outside is cut after so many letters in the name of a file.
const LONGEST: usize = 60;

/// The names of the pages' files, below one folder.
///
/// They are made of letters, digits, `-` and `_` alone, and differ also where
/// a file system takes large and small letters for the same.
#[derive(Default)]
pub(crate) struct Addresses {
    workloads: BTreeMap<String, String>,
    models: BTreeMap<String, String>,
    taken: BTreeSet<String>,
}

impl Addresses {
    /// Those of a whole site.
    pub(crate) fn of(content: &Content) -> Self {
        let mut all = Self::default();
        let own = [INDEX, ABOUT, CLAIMS, METG, FAULTS, TRAPS, QUESTIONS, SCALE];
        for name in own {
            all.taken.insert(name.to_owned());
        }
        for name in content.workloads() {
            let file = all.file("workload", name);
            all.workloads.insert(name.to_owned(), file);
        }
        for name in content.models() {
            let file = all.file("model", name);
            all.models.insert(name.to_owned(), file);
        }
        all
    }

    /// Those of a page that stands alone, which links to no other.
    pub(crate) fn alone() -> Self {
        Self::default()
    }

    /// A new file of this kind, with a name from outside in its own.
    pub(crate) fn file(&mut self, kind: &str, name: &str) -> String {
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }
        };
        let name: String = name.chars().take(LONGEST).map(plain).collect();
        let first = format!("{kind}-{name}.html");
        let numbered = (2..).map(|n| format!("{kind}-{name}_{n}.html"));
        let mut all = [first].into_iter().chain(numbered);
        let is_free =
            |file: &String| !self.taken.contains(&file.to_ascii_lowercase());
        let file = all.find(is_free).expect("there is always another number");
        self.taken.insert(file.to_ascii_lowercase());
        file
    }

    /// The page of a workload.
    pub(crate) fn workload(&self, name: &str) -> Link {
        Link { text: name.to_owned(), href: self.workloads.get(name).cloned() }
    }

    /// The page of a model.
    pub(crate) fn model(&self, name: &str) -> Link {
        Link { text: name.to_owned(), href: self.models.get(name).cloned() }
    }

    /// The siblings of a workload in some models, side by side.
    pub(crate) fn source(
        &self,
        workload: &str,
        models: &[&str],
    ) -> Option<String> {
        let models = models.iter().map(|model| encoded(model));
        let models = models.collect::<Vec<_>>().join(",");
        let page = self.workloads.get(workload)?;
        Some(format!("{page}#source?m={models}"))
    }
}

/// The place of a trap on its page, by its index: its name is from outside.
pub(crate) fn trap(index: usize) -> String {
    format!("trap-{}", index + 1)
}

/// The address of a report, if it may be a link: one that leads to GitHub, and
/// nowhere else, whatever a file says.
pub(crate) fn report(address: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let path = address.strip_prefix("https://github.com/")?;
    path.chars().all(plain).then_some(address)
}

/// A text that leads to a page, if that is there.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) text: String,
    pub(crate) href: Option<String>,
}

/// As HTML.
impl Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = escape(&self.text);
        match &self.href {
            Some(href) => write!(f, "<a href=\"{}\">{text}</a>", escape(href)),
            None => f.write_str(&text),
        }
    }
}

/// A name as a fragment of an address spells it.
fn encoded(name: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    name.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_files_and_fragments() {
        assert_eq!(encoded("python-threads"), "python-threads");
        assert_eq!(encoded("a b&<ü"), "a%20b%26%3C%C3%BC");
        let mut all = Addresses::default();
        let names = ["fetch", "a b", "a<b", "", "Fetch", "../../x", "a.html"];
        assert_eq!(
            names.map(|name| all.file("workload", name)),
            [
                "workload-fetch.html",
                "workload-a_b.html",
                "workload-a_b_2.html",
                "workload-.html",
                "workload-Fetch_2.html",
                "workload-______x.html",
                "workload-a_html.html",
            ]
        );
        let long = all.file("model", &"x".repeat(5000));
        assert_eq!(long.len(), "model-.html".len() + LONGEST);
    }

    #[test]
    fn a_link_is_text_where_there_is_no_page() {
        let text = "<b>".to_owned();
        let none = Link { text: text.clone(), href: None };
        assert_eq!(none.to_string(), "&lt;b&gt;");
        let href = Some("a\"b".to_owned());
        let some = Link { text, href }.to_string();
        assert_eq!(some, "<a href=\"a&quot;b\">&lt;b&gt;</a>");
    }
}
