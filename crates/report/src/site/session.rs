//! A session's page: what was measured, and its tables.

use super::addresses::{Addresses, Link};
use super::facts::Facts;
use super::frame::Frame;
use super::matrix::Sheet;
use crate::content::Content;
use askama::Template;

/// A session's page.
pub(crate) struct SessionView {
    /// Its place among the sessions, from 1.
    pub(crate) number: usize,
    pub(crate) title: String,
    pub(crate) file: String,
    pub(crate) facts: Facts,
}

impl SessionView {
    /// The link to its page.
    pub(crate) fn link(&self) -> Link {
        let (text, href) = (self.title.clone(), Some(self.file.clone()));
        Link { text, href }
    }
}

/// Every session.
pub(crate) fn sessions(
    content: &Content,
    addresses: &mut Addresses,
) -> Vec<SessionView> {
    let several = content.sessions.len() > 1;
    let sessions = content.sessions.iter().enumerate();
    let view = sessions.map(|(at, session)| SessionView {
        number: at + 1,
        title: match several {
            true => format!("Session {}", at + 1),
            false => "Session".to_owned(),
        },
        file: addresses.file("session", &(at + 1).to_string()),
        facts: Facts::of(session),
    });
    view.collect()
}

#[derive(Template)]
#[template(path = "session.html")]
pub(crate) struct SessionPage<'a> {
    pub(crate) frame: Frame<'a>,
    pub(crate) session: &'a SessionView,
    pub(crate) sheets: Vec<&'a Sheet>,
}
