//! What a worker says of itself before it is started.

use super::is_false;
use crate::foreign;
use lanes_core::{Cell, Entry, Fit, Input};
use serde::{Deserialize, Serialize};

/// What a worker can be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// [`super::VERSION`].
    pub protocol: u32,
    /// The models.
    #[serde(deserialize_with = "foreign::list")]
    pub models: Vec<Described>,
}

/// A model, as its worker describes it before it is started.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    /// The name.
    #[serde(deserialize_with = "foreign::text")]
    pub model: String,
    /// Whether it has one worker, however many are asked for.
    #[serde(default)]
    pub serial: bool,
    /// Whether its workers are processes that know each other over a network.
    #[serde(default, skip_serializing_if = "is_false")]
    pub nodes: bool,
    /// The library that is compared and its version, as in `rayon 1.12.0`.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub library: Option<String>,
    /// A warning that goes with the name wherever it is listed.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub badge: Option<String>,
    /// Why it cannot be started here, if it cannot.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub missing: Option<String>,
    /// Whether it gives right answers without doing the work that the protocol
    /// asks for: it is shown, and never ranked.
    #[serde(default, skip_serializing_if = "is_false")]
    pub answers_only: bool,
    /// The folder of its source, below the root of the repository.
    #[serde(
        default,
        deserialize_with = "foreign::maybe_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub source: Option<String>,
    /// The cells that it has.
    #[serde(deserialize_with = "foreign::list")]
    pub cells: Vec<DescribedCell>,
}

/// A cell, as a worker describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribedCell {
    /// The workload.
    #[serde(deserialize_with = "foreign::text")]
    pub workload: String,
    /// How well the model suits it.
    pub fit: Grade,
    /// Why, in one sentence.
    #[serde(default, deserialize_with = "foreign::text")]
    pub reason: String,
    /// Where its input may be, for a model with nodes.
    #[serde(default = "shipped", skip_serializing_if = "is_shipped")]
    pub inputs: Vec<Input>,
}

fn shipped() -> Vec<Input> {
    vec![Input::Shipped]
}

fn is_shipped(inputs: &[Input]) -> bool {
    inputs == [Input::Shipped]
}

/// The grades of [`Fit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// The model was made for it.
    Natural,
    /// It works, but the model was made for something else.
    Possible,
    /// Shown to teach what happens, or refused.
    Unsuitable,
}

impl Grade {
    /// The word, as commands print it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Natural => "natural",
            Self::Possible => "possible",
            Self::Unsuitable => "unsuitable",
        }
    }
}

impl From<&Cell> for DescribedCell {
    fn from(cell: &Cell) -> Self {
        let fit = match cell.fit {
            Fit::Natural(_) => Grade::Natural,
            Fit::Possible(_) => Grade::Possible,
            Fit::Unsuitable(_) => Grade::Unsuitable,
        };
        let reason = cell.fit.reason().into();
        let (workload, inputs) = (cell.workload.into(), cell.inputs.into());
        Self { workload, fit, reason, inputs }
    }
}

impl From<&Entry> for Described {
    fn from(entry: &Entry) -> Self {
        Self {
            model: entry.name.into(),
            serial: entry.serial,
            nodes: entry.nodes,
            library: entry.library(),
            badge: entry.badge.map(str::to_owned),
            source: Some(format!("crates/{}", entry.directory)),
            cells: entry.cells.iter().map(DescribedCell::from).collect(),
            ..Self::default()
        }
    }
}
