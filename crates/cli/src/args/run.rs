//! The options of `lanes run`, and those that it has in common with `lanes
//! duel`.

use super::values::{bandwidth, bytes, duration, goal, percent, workers};
use super::{Place, Printing, Selection};
use clap::Args;
use std::time::Duration;

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes run
  lanes run fetch 'counter/*/lock*' --models 'tokio,gil,chili'
  lanes run fib --workers 1,2,4 --until 5%
  lanes run max --models rayon --peer 'node=node worker.js'
  lanes run wordcount --models rayon,timely-processes --nodes 1,2,4
  lanes run --all --full --dry-run")]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) selection: Selection,

    /// Every row; by default those that people look at first, and those whose
    /// workload is named, as `lanes list --details` shows them
    #[arg(long = "all")]
    pub(crate) every: bool,

    /// Small sizes: all seven runtimes in four minutes (the default)
    #[arg(long, conflicts_with = "full")]
    pub(crate) quick: bool,

    /// Large sizes, as `lanes list --details` shows them
    #[arg(long)]
    pub(crate) full: bool,

    /// Every workload with N items instead; by default the sizes of --quick
    #[arg(long, conflicts_with_all = ["quick", "full"], value_name = "N")]
    pub(crate) items: Option<usize>,

    /// Numbers of workers; by default as many as the machine runs at once
    #[arg(long, value_delimiter = ',', value_parser = workers,
          value_name = "N,...")]
    pub(crate) workers: Vec<usize>,

    /// Numbers of nodes for the models that have nodes: worker processes which
    /// know each other over TCP, here all on this machine; by default they have
    /// as many as --workers says, as the others do
    #[arg(long, value_delimiter = ',', value_parser = workers,
          value_name = "N,...")]
    pub(crate) nodes: Vec<usize>,

    #[command(flatten)]
    pub(crate) links: Links,

    /// Print the cells that would be measured, one a line as
    /// WORKLOAD/MODEL/SIZE, which are filters too; measure nothing
    #[arg(long)]
    pub(crate) list: bool,

    /// Print what would be measured, how many processes it starts, how long it
    /// may take and where the results would go; measure nothing
    #[arg(long, conflicts_with = "list")]
    pub(crate) dry_run: bool,

    /// The number of rounds for each row, by default as many as the budget
    /// allows: in each round all models start afresh and are sampled in random
    /// order
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=100_000),
          conflicts_with_all = ["budget", "until"], value_name = "N")]
    pub(crate) rounds: Option<u64>,

    /// How long the session may take, such as 60s or 10m; by default 1.8 s for
    /// each cell, and at least 20 s. After eight rounds, the rows that scatter
    /// most get most of it
    #[arg(long, value_parser = duration, value_name = "TIME")]
    pub(crate) budget: Option<Duration>,

    /// Leave a row as soon as each of its models is certainly slower, or
    /// certainly as fast within this margin, and end when all rows are left; at
    /// the latest when the budget ends. By default no row is left
    #[arg(long, value_parser = goal, value_name = "PERCENT",
          conflicts_with = "margin")]
    pub(crate) until: Option<f64>,

    /// A model that certainly takes no longer than this beyond the fastest is
    /// as fast
    #[arg(long, value_parser = percent, value_name = "PERCENT",
          default_value = "10%")]
    pub(crate) margin: f64,

    #[command(flatten)]
    pub(crate) conditions: Conditions,

    /// Do not measure the fastest model a second time as a control
    #[arg(long)]
    pub(crate) no_control: bool,

    /// Also print context switches, page faults, memory and threads
    #[arg(long)]
    pub(crate) details: bool,

    #[command(flatten)]
    pub(crate) place: Place,

    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// What a session and its workers are given.
#[derive(Args)]
pub(crate) struct Conditions {
    /// The seed of the inputs and of the random order of samples
    #[arg(long, default_value_t = 7, value_name = "N")]
    pub(crate) seed: u64,

    /// How long a worker may take for one reply
    #[arg(long, value_parser = duration, default_value = "60s",
          value_name = "TIME")]
    pub(crate) deadline: Duration,

    /// How much memory a worker may use, such as 4GiB; by default a quarter of
    /// what the machine has or the system lets this process have
    #[arg(long, value_parser = bytes, value_name = "BYTES")]
    pub(crate) memory: Option<u64>,
}

/// How nodes are connected.
#[derive(Args, Clone, Default)]
pub(crate) struct Links {
    /// Nodes have addresses of this machine; by default each has a network
    /// namespace of its own where this process may make them
    #[arg(long, requires = "nodes")]
    pub(crate) addresses: bool,

    /// What the link of each node carries, as in 1gbit or 200mbit; by default
    /// as much as the machine does
    #[arg(long, requires = "nodes", conflicts_with = "addresses",
          value_parser = bandwidth, value_name = "RATE")]
    pub(crate) bandwidth: Option<String>,
}
